package io.turnlane.chaos.member;

import io.turnlane.backends.ParentWatch;
import io.turnlane.chaos.control.Control;
import io.turnlane.processor.ProcessorApplication;
import io.turnlane.processor.agent.AgentFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/**
 * Starts an unchanged processor with the {@link ScriptedAgent} as an additional agent, in a process that ends when the
 * rig ends. Only a {@linkplain Control negative control} on the class path changes its behavior. The first argument is
 * the path of the agent's journal, and the second is the name of this process in the journal. All other arguments are
 * Spring properties.
 */
public final class ProcessorMain {

    private ProcessorMain() {}

    public static void main(String[] args) throws IOException {
        ParentWatch.start();
        AgentFactory agent = new ScriptedAgent.ScriptedAgentFactory(AgentJournal.open(Path.of(args[0]), args[1]));
        ApplicationContextInitializer<GenericApplicationContext> withAgent =
                context -> context.registerBean("scripted", AgentFactory.class, () -> agent);
        ProcessorApplication.application()
                .initializers(withAgent, Control.initializer(), WrongClock.initializer())
                .properties("spring.web.resources.add-mappings=false", "springdoc.api-docs.enabled=false")
                .run(Arrays.copyOfRange(args, 2, args.length));
    }
}
