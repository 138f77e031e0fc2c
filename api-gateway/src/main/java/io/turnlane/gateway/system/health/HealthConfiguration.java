package io.turnlane.gateway.system.health;

import io.turnlane.gateway.guard.breaker.RedisBreaker;
import io.turnlane.gateway.guard.breaker.RedisWatch;
import io.turnlane.gateway.turns.fleet.Fleet;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Health indicators of Redis, of the processors and of their agents. */
@Configuration(proxyBeanMethods = false)
class HealthConfiguration {

    /**
     * Replaces Spring's health indicator of Redis. Spring's indicator would report the gateway as down if Redis is
     * unavailable, and would block if Redis does not reply.
     */
    @Bean
    HealthIndicator redisHealthIndicator(RedisBreaker breaker, RedisWatch watch) {
        return new MemoryHealth(breaker, watch);
    }

    @Bean
    HealthIndicator processorsHealthIndicator(Fleet fleet) {
        return new ProcessorHealth(fleet);
    }

    @Bean
    AgentHealth agentsHealthIndicator(Fleet fleet) {
        return new AgentHealth(fleet);
    }
}
