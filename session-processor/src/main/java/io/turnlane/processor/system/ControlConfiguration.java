package io.turnlane.processor.system;

import io.turnlane.log.CompactedTopic;
import io.turnlane.log.CompactedTopicFollower;
import io.turnlane.log.TopicsProperties;
import io.turnlane.model.SessionKey;
import io.turnlane.model.agent.ConfiguredAgent;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.agent.configured.AgentBuilder;
import io.turnlane.processor.agent.configured.ConfiguredAgents;
import io.turnlane.processor.control.KafkaWakeUpListener;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.turn.AgentTimes;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.TurnEngine;
import io.turnlane.processor.turn.WaitingTurns;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Beans that follow what operators and clients change: configured agents, and cancels, deadlines and policies of turns.
 */
@Configuration(proxyBeanMethods = false)
@Import(AgentTimes.class)
class ControlConfiguration {

    @Bean
    WaitingTurns waitingTurns(TurnEngine engine, LaneScheduler<SessionKey, Turn> lanes, AgentTimes agentTimes) {
        return engine.waitingTurns(lanes, agentTimes);
    }

    @Bean
    KafkaWakeUpListener wakeUps(LogConsumers consumers, TopicsProperties topics, WaitingTurns waiting) {
        return new KafkaWakeUpListener(
                () -> consumers.withoutGroup("latest"), topics.names().control(), waiting::cancel);
    }

    /** Follows the agents topic. {@link ProcessorLifecycle} starts it before the first turn. */
    @Bean(destroyMethod = "")
    CompactedTopicFollower<ConfiguredAgent> agentFollower(
            KafkaAdmin admin, TopicsProperties topics, ConfiguredAgents agents) {
        return new CompactedTopicFollower<>(
                CompactedTopic.ofAgents(admin.getConfigurationProperties(), topics.names()),
                topics.replication(),
                agents::replace);
    }

    @Bean
    ConfiguredAgents configuredAgents(AgentCatalog catalog, AgentBuilder builder) {
        return new ConfiguredAgents(catalog, builder::build);
    }

    /**
     * Reports the process as unhealthy if the thread that reads the control topic has failed. The process then receives
     * no more wake-ups and must be restarted.
     */
    @Bean
    HealthIndicator controlThreadHealthIndicator(KafkaWakeUpListener wakeUps) {
        return () -> (wakeUps.hasFailed() ? Health.down() : Health.up()).build();
    }
}
