package io.turnlane.processor.system;

import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.EchoAgent;
import io.turnlane.processor.agent.retrieval.RetrievalAgentFactory;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Agents of this processor: all beans of type {@link AgentFactory}. */
@Configuration(proxyBeanMethods = false)
class AgentConfiguration {

    /** Closed together with the application context. */
    @Bean
    @ConditionalOnProperty(name = "turnlane.processor.retrieval.enabled", matchIfMissing = true)
    RetrievalAgentFactory retrieval(ProcessorProperties properties) {
        ProcessorProperties.RetrievalProperties retrieval = properties.retrieval();
        return new RetrievalAgentFactory(retrieval.waiting(), retrieval.remembered());
    }

    @Bean
    AgentFactory echo() {
        return new EchoAgent.EchoAgentFactory();
    }

    @Bean
    RedisOfferedAgents offeredAgents(StringRedisTemplate redis, ProcessorProperties properties) {
        return new RedisOfferedAgents(redis, properties.agentWait());
    }

    @Bean
    AgentCatalog agentCatalog(
            List<AgentFactory> factories, ProcessorProperties properties, RedisOfferedAgents offered) {
        return new AgentCatalog(factories, properties.answer().timeouts(), offered);
    }
}
