package io.turnlane.chaos.member;

import io.turnlane.chaos.control.Control;
import io.turnlane.processor.ProcessorApplication;
import io.turnlane.processor.agent.AgentFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/**
 * Starts a processor as shipped, with the {@link ScriptedAgent} in addition to its own agents, in a process that ends
 * with the rig. Only a negative control on the class path changes its behavior, see {@link Control}. The arguments are
 * the path of the agent's journal, the name of this process in the journal, and then Spring properties.
 */
public final class ProcessorMain {

    private ProcessorMain() {}

    public static void main(String[] args) throws IOException {
        ParentWatch.start();
        AgentFactory agent = new ScriptedAgent.ScriptedAgentFactory(AgentJournal.open(Path.of(args[0]), args[1]));
        ApplicationContextInitializer<GenericApplicationContext> withAgent =
                context -> context.registerBean("scripted", AgentFactory.class, () -> agent);
        ProcessorApplication.application()
                .initializers(withAgent, Control.initializer())
                .properties("spring.web.resources.add-mappings=false", "springdoc.api-docs.enabled=false")
                .run(Arrays.copyOfRange(args, 2, args.length));
    }
}
