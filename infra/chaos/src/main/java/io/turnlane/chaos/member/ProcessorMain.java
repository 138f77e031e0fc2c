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
 * A processor as shipped, with the {@link ScriptedAgent} beside its own, in a process that ends with the rig. Only a
 * JVM flag of a negative control makes it anything else. Arguments: the agent's journal, this process's name in it,
 * then Spring properties.
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
