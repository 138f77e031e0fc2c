package io.turnlane.gateway.guard.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.guard.limits.RateLimits.RateLimitKind;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.store.limit.RedisTokenBuckets;
import io.turnlane.store.limit.TokenBuckets;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

class RateLimitsTest {

    private static final UserLimits RULES = new UserLimits(60, 0, 0, 0, false);

    private Instant now = Instant.parse("2026-11-21T06:00:00Z");

    @Test
    void grantsTheTokensOfABucketAndThenItsRefillRate() {
        LocalTokenBuckets buckets = new LocalTokenBuckets(() -> now);
        for (int i = 59; i >= 0; i--) {
            assertThat(buckets.takeToken("u", "k", 60).remaining()).isEqualTo(i);
        }
        TokenBuckets.TokenResult none = buckets.takeToken("u", "k", 60);
        assertThat(none.granted()).isFalse();
        assertThat(none.untilNextToken()).isEqualTo(Duration.ofSeconds(1));
        assertThat(none.untilFull()).isEqualTo(Duration.ofMinutes(1));
        assertThat(buckets.takeToken("another", "k", 60).granted()).isTrue();
        assertThat(buckets.takeToken("u", "another", 60).granted()).isTrue();
        now = now.plusSeconds(1);
        assertThat(buckets.takeToken("u", "k", 60).granted()).isTrue();
        assertThat(buckets.takeToken("u", "k", 60).granted()).isFalse();
        now = now.minusSeconds(30); // a clock set back must neither add tokens nor break the bucket
        assertThat(buckets.takeToken("u", "k", 60).granted()).isFalse();
    }

    @Test
    void neverGrantsMoreThanCapacityAndRefill() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        LocalTokenBuckets buckets = new LocalTokenBuckets(() -> now);
        Instant start = now;
        int given = 0;
        for (int i = 0; i < 5_000; i++) {
            now = now.plusMillis(random.nextInt(200));
            given += buckets.takeToken("u", "k", 60).granted() ? 1 : 0;
            double most = 60 + Duration.between(start, now).toMillis() / 1000.0;
            assertThat((double) given).as("seed %d, call %d", seed, i).isLessThanOrEqualTo(most + 1e-6);
        }
        double flow = Duration.between(start, now).toMillis() / 1000.0;
        assertThat((double) given).as("seed %d", seed).isGreaterThan(Math.min(5_000, flow) - 2);
    }

    @Test
    void limitsEachGatewayAloneWhileRedisIsUnavailable() {
        LettuceConnectionFactory nowhere = new LettuceConnectionFactory("127.0.0.1", 1);
        nowhere.afterPropertiesSet();
        nowhere.start();
        try {
            RateLimits rates = new RateLimits(
                    RULES,
                    new RedisTokenBuckets(new StringRedisTemplate(nowhere)),
                    new LocalTokenBuckets(() -> now),
                    new SimpleMeterRegistry());
            Caller alice = new Caller("alice");
            for (int i = 0; i < 60; i++) {
                rates.consumeOrThrow(alice, RateLimitKind.REQUESTS);
            }
            assertThatThrownBy(() -> rates.consumeOrThrow(alice, RateLimitKind.REQUESTS))
                    .isInstanceOfSatisfying(
                            ProblemDetailException.class,
                            rejection -> assertThat(rejection.retryAfter()).isEqualTo(Duration.ofSeconds(1)));
            assertThat(rates.consume(Caller.UNAUTHENTICATED, RateLimitKind.REQUESTS))
                    .as("callers without authentication")
                    .isEmpty();
            assertThat(rates.consume(alice, RateLimitKind.CATCH_UPS))
                    .as("limit disabled")
                    .isEmpty();
        } finally {
            nowhere.destroy();
        }
    }
}
