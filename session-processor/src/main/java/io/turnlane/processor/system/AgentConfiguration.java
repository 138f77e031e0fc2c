package io.turnlane.processor.system;

import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.EchoAgent;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The agents that run here: every bean that is an {@link AgentFactory}. */
@Configuration(proxyBeanMethods = false)
class AgentConfiguration {

    @Bean
    AgentFactory echo() {
        return new EchoAgent.Factory();
    }

    @Bean
    AgentCatalog agentCatalog(List<AgentFactory> factories) {
        return new AgentCatalog(factories);
    }
}
