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
 * Redis beans. All threads share one connection. Lettuce pipelines the commands of all callers on it and matches
 * replies in order, so that a thousand callers need a thousand commands in flight, but not a thousand connections. A
 * pool would only be needed for blocking commands or transactions, and the gateway uses neither.
 */
@Configuration(proxyBeanMethods = false)
class RedisConfiguration {

    /**
     * Maximum number of commands waiting for a reply. Further commands are rejected, so that a hanging Redis does not
     * fill the heap.
     */
    private static final int MOST_IN_FLIGHT = 10_000;

    /** Longest time from the acceptance of a turn to its end, waiting included. */
    private static final Duration LONGEST_TURN = Duration.ofDays(1);

    /** Makes commands fail at once while Redis is disconnected, and after a timeout if Redis does not reply. */
    @Bean
    LettuceClientOptionsBuilderCustomizer lettuceFailsFast() {
        return options -> options.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .timeoutOptions(TimeoutOptions.enabled())
                .requestQueueSize(MOST_IN_FLIGHT);
    }

    /**
     * Circuit breaker that all Redis commands pass. A hanging Redis costs a few timeouts in total instead of one for
     * each call.
     */
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

    /** Keeps a session listed for at most its longest lifetime, which starts at the end of its last turn. */
    @Bean
    SessionList sessionList(StringRedisTemplate redis) {
        return new RedisSessionList(redis, QuestionRules.LONGEST_TTL.plus(LONGEST_TURN));
    }

    @Bean
    RedisCommandRecords commandRecords(StringRedisTemplate redis, GatewayProperties properties) {
        return new RedisCommandRecords(redis, properties.sessions().resultRetention());
    }

    /**
     * Replaces Spring's Redis health indicator, which reports the gateway as down and waits for as long as Redis hangs.
     */
    @Bean
    HealthIndicator redisHealthIndicator(RedisBreaker breaker) {
        return new MemoryHealth(breaker);
    }
}
