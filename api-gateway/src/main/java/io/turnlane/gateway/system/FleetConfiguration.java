package io.turnlane.gateway.system;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.guard.admission.OverloadGuard;
import io.turnlane.gateway.operations.agents.RouteWatch;
import io.turnlane.gateway.operations.console.GatewayHeartbeat;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.fleet.AgentRegistry;
import io.turnlane.gateway.turns.fleet.Fleet;
import io.turnlane.log.CompactedTopic;
import io.turnlane.log.CompactedTopicFollower;
import io.turnlane.log.TopicsProperties;
import io.turnlane.model.agent.ConfiguredAgent;
import io.turnlane.model.topic.Topics;
import io.turnlane.store.fleet.GatewayDirectory;
import io.turnlane.store.fleet.ProcessorDirectory;
import io.turnlane.store.fleet.WayBackClaims;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.core.StringRedisTemplate;
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

    @Bean(initMethod = "start", destroyMethod = "close")
    GatewayHeartbeat gatewayHeartbeat(
            GatewayDirectory directory,
            EventStreams streams,
            OverloadGuard overload,
            InstantSource clock,
            MeterRegistry meters) {
        return new GatewayHeartbeat(directory, streams, overload, clock, meters);
    }

    @Bean
    RouteWatch routeWatch(
            AgentRegistry registry,
            CompactedTopic<ConfiguredAgent> topic,
            StringRedisTemplate redis,
            InstantSource clock,
            MeterRegistry meters,
            EventStreams streams) {
        RouteWatch watch = new RouteWatch(registry, topic, new WayBackClaims(redis), clock, meters);
        streams.listen(watch);
        watch.start();
        return watch;
    }

    /** Reads the configured agents before the gateway serves its first call. */
    @Bean
    PhasedLifecycle agentFollower(
            CompactedTopic<ConfiguredAgent> topic,
            AgentRegistry registry,
            TopicsProperties topics,
            GatewayProperties gateway) {
        CompactedTopicFollower<ConfiguredAgent> follower =
                new CompactedTopicFollower<>(topic, topics.replication(), registry::replace);
        return PhasedLifecycle.ofFollower(() -> follower.start(gateway.streams().startPatience()), follower::close);
    }
}
