package io.turnlane.processor.system;

import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.TimeoutOptions;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.memory.DamageObserver;
import io.turnlane.processor.memory.MemoryLimits;
import io.turnlane.processor.memory.RedisSessionEdits;
import io.turnlane.processor.memory.RedisSessionMemory;
import io.turnlane.processor.memory.SessionCache;
import io.turnlane.processor.memory.SessionEdits;
import io.turnlane.processor.memory.SessionMemory;
import java.time.Duration;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Redis, as memory uses it. */
@Configuration(proxyBeanMethods = false)
class MemoryConfiguration {

    private static final int MOST_WAITING_COMMANDS = 20_000;

    /** A Redis that is away must be noticed in seconds, and commands must not pile up for it. */
    @Bean
    LettuceClientOptionsBuilderCustomizer failFast() {
        return options -> options.timeoutOptions(TimeoutOptions.enabled(Duration.ofSeconds(2)))
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MOST_WAITING_COMMANDS);
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
                properties.answer().maxTimeout().multipliedBy(2),
                ProcessorConfiguration.LONGEST_TURN);
    }

    @Bean
    DamageObserver damageObserver(MeterRegistry meters) {
        return new DamageMeters(meters);
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

    @Bean
    SessionEdits sessionEdits(
            StringRedisTemplate redis,
            SessionCache cache,
            MemoryLimits limits,
            WireFormat wire,
            DamageObserver damage) {
        return new RedisSessionEdits(redis, cache, limits, wire, damage);
    }
}
