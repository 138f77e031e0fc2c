package io.turnlane.processor.system;

import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.processor.agent.AbsentAgents;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.EchoAgent;
import io.turnlane.processor.agent.chat.TurnLimits;
import io.turnlane.processor.agent.configured.AgentBuilder;
import io.turnlane.processor.agent.configured.AgentDefinitionFile;
import io.turnlane.processor.agent.configured.SecretLookup;
import io.turnlane.processor.agent.retrieval.RetrievalAgentFactory;
import io.turnlane.processor.agent.tool.ToolLimits;
import io.turnlane.processor.agent.tool.ToolMethods;
import io.turnlane.processor.agent.tool.Toolbox;
import io.turnlane.processor.agent.tool.defi.DefiTools;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Agents of this processor: all beans of the types {@link AgentFactory} and {@link AgentDefinition}, and those in its
 * file of definitions.
 */
@Configuration(proxyBeanMethods = false)
class AgentConfiguration {

    /**
     * Creates the check of the settings. This method is static, so that Spring runs the check before it creates any
     * other bean.
     */
    @Bean
    static SettingsCheck settingsCheck(ConfigurableEnvironment environment) {
        return new SettingsCheck(environment);
    }

    /** Creates the factory of the retrieval agents. Spring closes it together with the application context. */
    @Bean
    @ConditionalOnProperty(name = "turnlane.processor.retrieval.enabled", matchIfMissing = true)
    RetrievalAgentFactory retrieval(ProcessorProperties properties, Toolbox toolbox) {
        ProcessorProperties.RetrievalProperties retrieval = properties.retrieval();
        return new RetrievalAgentFactory(retrieval.waiting(), retrieval.remembered(), toolbox.allow(DefiTools.NAMES));
    }

    /** Creates the toolbox with the tools of this processor and all beans of type {@link ToolMethods}. */
    @Bean
    Toolbox toolbox(ProcessorProperties properties, ObjectProvider<ToolMethods> own) {
        ProcessorProperties.ToolProperties tools = properties.tools();
        return new Toolbox(
                Stream.concat(DefiTools.all().stream(), own.stream()).toList(),
                new ToolLimits(tools.timeout(), Math.toIntExact(tools.result().toBytes())));
    }

    @Bean
    AgentFactory echo() {
        return new EchoAgent.EchoAgentFactory();
    }

    /** Creates agents from definitions. Spring closes it together with the application context. */
    @Bean
    AgentBuilder agentBuilder(ProcessorProperties properties, List<AgentFactory> factories, Toolbox toolbox) {
        ProcessorProperties.ConfiguredAgentProperties agents = properties.agents();
        Path secrets = agents.secretFolder().isEmpty() ? null : Path.of(agents.secretFolder());
        ProcessorProperties.UsageProperties usage = properties.usage();
        return new AgentBuilder(
                new SecretLookup(System::getenv, agents.secretVariables(), secrets),
                factories,
                toolbox,
                new TurnLimits(usage.modelCalls(), usage.tokens()),
                usage.currency());
    }

    @Bean
    AgentCatalog agentCatalog(
            List<AgentFactory> factories,
            AgentBuilder builder,
            ObjectProvider<AgentDefinition> definitions,
            ProcessorProperties properties,
            ObjectProvider<AbsentAgents> others) {
        List<AgentFactory> fixed = new ArrayList<>(factories);
        definitions.forEach(definition -> fixed.add(builder.build(definition)));
        String file = properties.agents().file();
        if (!file.isEmpty()) {
            fixed.addAll(new AgentDefinitionFile(Path.of(file)).factories(builder::build));
        }
        return new AgentCatalog(fixed, properties.answer().timeouts(), others.getIfAvailable(() -> AbsentAgents.NONE));
    }
}
