package io.turnlane.processor.system;

import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.TimeoutOptions;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.turnlane.log.TopicsProperties;
import io.turnlane.model.WireFormat;
import io.turnlane.model.redis.SharedClock;
import io.turnlane.store.fleet.ProcessorDirectory;
import io.turnlane.store.memory.DamageObserver;
import io.turnlane.store.memory.MemoryLimits;
import io.turnlane.store.memory.RedisSessionEdits;
import io.turnlane.store.memory.RedisSessionMemory;
import io.turnlane.store.memory.RedisSessionRestore;
import io.turnlane.store.memory.SessionCache;
import io.turnlane.store.memory.SessionMemory;
import java.time.Duration;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Beans of the Redis client and of the session memory. */
@Configuration(proxyBeanMethods = false)
@Import({ProcessorDirectory.class, RedisSessionEdits.class, RedisSessionRestore.class})
class MemoryConfiguration {

    private static final int MAX_WAITING_COMMANDS = 20_000;

    /**
     * Configures the Redis client so that it detects within seconds that Redis is unavailable. Also limits the number
     * of commands that wait for a reply.
     */
    @Bean
    LettuceClientOptionsBuilderCustomizer failFast() {
        return options -> options.timeoutOptions(TimeoutOptions.enabled(Duration.ofSeconds(2)))
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MAX_WAITING_COMMANDS);
    }

    @Bean
    MeterBinder redisMeters(RedisCheck check, SharedClock clock) {
        return registry -> {
            Gauge.builder("turnlane.redis.usable", () -> check.usable() ? 1 : 0)
                    .description("1 if Redis accepts writes and keeps its keys, otherwise 0")
                    .register(registry);
            Gauge.builder("turnlane.clock.offset", () -> clock.localOffset().toMillis() / 1e3)
                    .description("Time by which this machine's clock is ahead of the clock of Redis")
                    .baseUnit("seconds")
                    .register(registry);
        };
    }

    @Bean
    SessionCache sessionCache(ProcessorProperties properties) {
        return new SessionCache(
                properties.cache().sessions(), properties.cache().timeToLive());
    }

    @Bean
    MemoryLimits memoryLimits(ProcessorProperties properties, TopicsProperties topics) {
        ProcessorProperties.MemoryProperties memory = properties.memory();
        return new MemoryLimits(
                memory.turns(),
                Math.toIntExact(memory.size().toBytes()),
                memory.results(),
                topics.turnsRetention(),
                memory.crashes(),
                ProcessorConfiguration.MAX_TURN_DURATION);
    }

    @Bean
    OfferedAgents offeredAgents(ProcessorDirectory processors, ProcessorProperties properties) {
        return new OfferedAgents(processors, properties.agentWait());
    }

    @Bean
    SessionMemory sessionMemory(
            StringRedisTemplate redis,
            SessionCache cache,
            MemoryLimits limits,
            WireFormat wire,
            DamageObserver damage,
            ProcessorId id) {
        return new RedisSessionMemory(redis, cache, limits, wire, damage, id.value());
    }
}
