package io.turnlane.gateway.system;

import io.turnlane.gateway.guard.admission.OverloadGuard;
import io.turnlane.gateway.turns.fleet.AgentRegistry;
import io.turnlane.gateway.turns.fleet.Fleet;
import io.turnlane.log.CompactedTopic;
import io.turnlane.log.CompactedTopicFollower;
import io.turnlane.log.TopicsProperties;
import io.turnlane.model.agent.ConfiguredAgent;
import io.turnlane.model.topic.Topics;
import io.turnlane.store.fleet.ProcessorDirectory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;

/** Beans that know the processors and the agents. */
@Configuration(proxyBeanMethods = false)
class FleetConfiguration {

    @Bean
    Fleet fleet(ProcessorDirectory directory, AgentRegistry registry, AgentsProperties agents, OverloadGuard overload) {
        return new Fleet(directory::alive, registry, agents.defaultAgent(), overload::expectedWait);
    }

    @Bean
    CompactedTopic<ConfiguredAgent> agentTopic(KafkaAdmin admin, Topics names) {
        return CompactedTopic.ofAgents(admin.getConfigurationProperties(), names);
    }

    /** Reads the configured agents before the gateway serves its first call. */
    @Bean
    PhasedLifecycle agentFollower(
            CompactedTopic<ConfiguredAgent> topic,
            AgentRegistry registry,
            TopicsProperties topics,
            GatewayProperties gateway) {
        CompactedTopicFollower<ConfiguredAgent> follower =
                new CompactedTopicFollower<>(topic, topics.replicationFactor(), registry::replace);
        return PhasedLifecycle.ofFollower(() -> follower.start(gateway.streams().startPatience()), follower::close);
    }
}
