package io.turnlane.model.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SharedClockTest {

    private static final Instant REDIS = Instant.parse("2026-11-21T06:00:00Z");
    private static final Duration SKEW = Duration.ofMinutes(10);

    private Duration passed = Duration.ZERO;
    private final SharedClock clock = new SharedClock(() -> REDIS.plus(passed).minus(SKEW), () -> passed.toNanos());

    @Test
    void showsTheTimeOfRedisOnAMachineWhoseClockIsWrong() {
        assertThat(clock.instant()).as("not read yet").isEqualTo(REDIS.minus(SKEW));
        synchronize();
        assertThat(clock.instant()).isEqualTo(REDIS);
        assertThat(clock.localOffset()).isEqualTo(SKEW.negated());
    }

    @Test
    void keepsItsTimeWhileRedisIsUnavailable() {
        synchronize();
        passed = Duration.ofHours(1);
        assertThatThrownBy(() -> clock.synchronize(() -> {
                    throw new IllegalStateException("away");
                }))
                .hasMessage("away");
        assertThat(clock.instant()).isEqualTo(REDIS.plus(passed));
    }

    @Test
    void followsARedisWithAnotherTimeButNotItsJitter() {
        synchronize();
        clock.synchronize(() -> REDIS.plusMillis(15));
        assertThat(clock.instant()).isEqualTo(REDIS);
        clock.synchronize(() -> REDIS.plusSeconds(5));
        assertThat(clock.instant()).isEqualTo(REDIS.plusSeconds(5));
    }

    @Test
    void replacesAnInexactReadingByAFasterOne() {
        Duration read = Duration.ofMillis(400);
        clock.synchronize(() -> {
            passed = read;
            return REDIS.plus(read);
        });
        assertThat(clock.instant())
                .as("half of a slow call")
                .isEqualTo(REDIS.plus(read).plusMillis(200));
        synchronize();
        assertThat(clock.instant()).isEqualTo(REDIS.plus(read));
    }

    @Test
    void ignoresAReadingThatTookTooLong() {
        synchronize();
        clock.synchronize(() -> {
            passed = Duration.ofSeconds(2);
            return REDIS.minusSeconds(30);
        });
        assertThat(clock.instant()).isEqualTo(REDIS.plusSeconds(2));
    }

    @Test
    void readsAgainIfTheFirstReadingTookTooLong() {
        clock.synchronize(() -> {
            boolean opensTheConnection = passed.isZero();
            passed = passed.plusMillis(opensTheConnection ? 1000 : 2);
            return REDIS.plus(passed);
        });
        assertThat(clock.instant()).isEqualTo(REDIS.plus(passed).plusMillis(1));
    }

    @Test
    void assumesThatRedisReadItsTimeHalfwayThroughTheCall() {
        clock.synchronize(() -> {
            passed = Duration.ofMillis(200);
            return REDIS;
        });
        assertThat(clock.instant()).isEqualTo(REDIS.plusMillis(100));
    }

    private void synchronize() {
        clock.synchronize(() -> REDIS.plus(passed));
    }
}
