package io.turnlane.gateway.system;

import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.TimeoutOptions;
import io.turnlane.gateway.ask.QuestionRules;
import io.turnlane.gateway.breaker.RedisBreaker;
import io.turnlane.gateway.directory.RedisSessionList;
import io.turnlane.gateway.directory.SessionList;
import io.turnlane.gateway.quarantine.RedisRedriveMarks;
import io.turnlane.gateway.sessions.RedisCommandRecords;
import java.time.Duration;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Memory. One connection that all threads share: Lettuce sends every caller's commands down it as they come and matches
 * replies in order, so that a thousand callers cost a thousand commands in flight and not a thousand connections. No
 * command here blocks and none is a transaction, which is where a pool would be needed.
 */
@Configuration(proxyBeanMethods = false)
class RedisConfiguration {

    /** Commands that may wait for a reply; more are refused, so that a Redis that hangs doesn't fill the heap. */
    private static final int MOST_IN_FLIGHT = 10_000;

    /** From its acceptance to its end, with room for waiting. */
    private static final Duration LONGEST_TURN = Duration.ofDays(1);

    /** A command fails at once while Redis is away, and in time when it doesn't answer. */
    @Bean
    LettuceClientOptionsBuilderCustomizer lettuceFailsFast() {
        return options -> options.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .timeoutOptions(TimeoutOptions.enabled())
                .requestQueueSize(MOST_IN_FLIGHT);
    }

    /** Whatever asks Redis goes through it: one that hangs costs three timeouts, not one a call. */
    @Bean(destroyMethod = "close")
    RedisBreaker redisBreaker(LettuceConnectionFactory connections, GatewayProperties properties) {
        GatewayProperties.RedisBreakerSettings memory = properties.memory();
        return new RedisBreaker(connections, memory.silences(), memory.probeEvery());
    }

    @Bean
    StringRedisTemplate stringRedisTemplate(RedisBreaker breaker) {
        return breaker.stringTemplate();
    }

    @Bean
    RedisTemplate<String, byte[]> blobRedisTemplate(RedisBreaker breaker) {
        return breaker.bytesTemplate();
    }

    @Bean
    RedisRedriveMarks redriveMarks(StringRedisTemplate redis, GatewayTopicsProperties topics) {
        return new RedisRedriveMarks(redis, topics.quarantineRetention());
    }

    /** Nothing keeps a session for longer than its own longest life, which counts from its last turn's end. */
    @Bean
    SessionList sessionList(StringRedisTemplate redis) {
        return new RedisSessionList(redis, QuestionRules.LONGEST_TTL.plus(LONGEST_TURN));
    }

    @Bean
    RedisCommandRecords commandRecords(StringRedisTemplate redis, GatewayProperties properties) {
        return new RedisCommandRecords(redis, properties.sessions().resultRetention());
    }

    /** In place of Spring's own, which says that the gateway is down and waits for as long as Redis does. */
    @Bean
    HealthIndicator redisHealthIndicator(RedisBreaker breaker) {
        return new MemoryHealth(breaker);
    }
}
