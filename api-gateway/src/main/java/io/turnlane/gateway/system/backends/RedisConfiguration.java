package io.turnlane.gateway.system.backends;

import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.NettyCustomizer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.turnlane.gateway.guard.breaker.RedisBreaker;
import io.turnlane.gateway.guard.breaker.RedisWatch;
import io.turnlane.gateway.operations.listing.Listings;
import io.turnlane.gateway.system.GatewayProperties;
import io.turnlane.gateway.turns.ask.QuestionRules;
import io.turnlane.log.TopicsProperties;
import io.turnlane.model.WireFormat;
import io.turnlane.model.redis.SharedClock;
import io.turnlane.store.KeyScan;
import io.turnlane.store.batch.BatchRecords;
import io.turnlane.store.fleet.GatewayDirectory;
import io.turnlane.store.fleet.ProcessorDirectory;
import io.turnlane.store.request.CancelMarks;
import io.turnlane.store.request.RedisCommandRecords;
import io.turnlane.store.request.RedriveMarks;
import io.turnlane.store.request.RequestOverviews;
import io.turnlane.store.request.RequestRecords;
import io.turnlane.store.session.SessionList;
import io.turnlane.store.session.SessionOverviews;
import io.turnlane.store.session.SessionStore;
import java.time.Duration;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Redis beans. All threads share one connection, on which Lettuce pipelines the commands of all callers. A connection
 * pool would be necessary only for blocking commands or transactions, and the gateway uses neither.
 */
@Configuration(proxyBeanMethods = false)
@Import({RequestRecords.class, SessionStore.class, CancelMarks.class, ProcessorDirectory.class, GatewayDirectory.class})
class RedisConfiguration {

    /**
     * Maximum number of commands waiting for a reply. Further commands are rejected, so that the heap does not fill up
     * if Redis hangs.
     */
    private static final int MOST_IN_FLIGHT = 10_000;

    /** Maximum number of commands that are sent together. */
    private static final int MOST_IN_ONE_FLUSH = 64;

    /** Maximum time from the acceptance of a turn to its end, including the time that it waits. */
    private static final Duration LONGEST_TURN = Duration.ofDays(1);

    /** Makes commands fail at once while Redis is disconnected, and after a timeout if Redis does not reply. */
    @Bean
    LettuceClientOptionsBuilderCustomizer lettuceFailsFast() {
        return options -> options.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .timeoutOptions(TimeoutOptions.enabled())
                .requestQueueSize(MOST_IN_FLIGHT);
    }

    /**
     * Sends commands that several threads issue at the same time in one system call. A command still leaves at once if
     * no other command is waiting.
     */
    @Bean
    ClientResourcesBuilderCustomizer lettuceFlushesTogether() {
        return resources -> resources.nettyCustomizer(new NettyCustomizer() {
            @Override
            public void afterChannelInitialized(Channel channel) {
                channel.pipeline().addFirst(new FlushConsolidationHandler(MOST_IN_ONE_FLUSH, true));
            }
        });
    }

    /** Circuit breaker for all Redis commands. If Redis stops replying, only the first few calls wait for a timeout. */
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
    Listings listings(StringRedisTemplate redis, SessionList list, WireFormat wire) {
        return new Listings(new KeyScan(redis), list, new SessionOverviews(redis), new RequestOverviews(redis, wire));
    }

    @Bean
    BatchRecords batchRecords(StringRedisTemplate redis, WireFormat wire) {
        return new BatchRecords(redis, wire);
    }

    @Bean
    RedriveMarks redriveMarks(StringRedisTemplate redis, TopicsProperties topics) {
        return new RedriveMarks(redis, topics.quarantineRetention());
    }

    /**
     * List of each user's sessions. An entry expires after the maximum duration of a turn plus the maximum time for
     * which a session is kept without activity. Its session can then no longer exist.
     */
    @Bean
    SessionList sessionList(StringRedisTemplate redis) {
        return new SessionList(redis, QuestionRules.LONGEST_TTL.plus(LONGEST_TURN));
    }

    @Bean
    RedisCommandRecords commandRecords(StringRedisTemplate redis, GatewayProperties properties) {
        return new RedisCommandRecords(redis, properties.commandRules());
    }

    @Bean(destroyMethod = "close")
    RedisWatch redisWatch(RedisBreaker breaker, SharedClock clock, MeterRegistry metrics) {
        RedisWatch watch = RedisWatch.start(breaker, clock);
        Gauge.builder("turnlane.redis.usable", () -> watch.problem().isEmpty() ? 1 : 0)
                .description("1 if Redis accepts writes and keeps its keys, otherwise 0")
                .register(metrics);
        Gauge.builder("turnlane.clock.offset", () -> clock.localOffset().toMillis() / 1e3)
                .description("Time by which this machine's clock is ahead of the clock of Redis")
                .baseUnit("seconds")
                .register(metrics);
        return watch;
    }
}
