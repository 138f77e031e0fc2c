package io.turnlane.processor.agent.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.agent.ServiceLimits;
import io.turnlane.processor.agent.chat.ServiceLimiter.Permit;
import io.turnlane.processor.agent.http.Deadline;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServiceLimiterTest {

    private static final Deadline LATE = Deadline.in(Duration.ofMinutes(5));

    @Test
    void allowsOnlySomeCallsAtTheSameTime() throws Exception {
        ServiceLimiter limiter = new ServiceLimiter(new ServiceLimits(2, 0, 0, 1));
        Permit first = limiter.acquire(1, LATE).orElseThrow();
        limiter.acquire(1, LATE).orElseThrow();
        assertThat(limiter.acquire(1, soon())).isEmpty();
        first.close();
        assertThat(limiter.acquire(1, soon())).isPresent();
    }

    @Test
    void appliesChangedLimitsToRunningCalls() throws Exception {
        ServiceLimiter limiter = new ServiceLimiter(new ServiceLimits(1, 0, 0, 1));
        Permit first = limiter.acquire(1, LATE).orElseThrow();
        limiter.configure(new ServiceLimits(2, 0, 0, 1));
        Permit second = limiter.acquire(1, LATE).orElseThrow();
        limiter.configure(new ServiceLimits(1, 0, 0, 1));
        first.close();
        assertThat(limiter.acquire(1, soon())).isEmpty();
        second.close();
        assertThat(limiter.acquire(1, soon())).isPresent();
    }

    @Test
    void startsCallsAtEqualDistances() throws Exception {
        ServiceLimiter limiter = new ServiceLimiter(new ServiceLimits(100, 100, 0, 1));
        long start = System.nanoTime();
        for (int i = 0; i < 11; i++) {
            limiter.acquire(1, LATE).orElseThrow();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(100), Duration.ofMillis(900));
    }

    @Test
    void startsNoCallDuringAPause() throws Exception {
        ServiceLimiter limiter = new ServiceLimiter(ServiceLimits.DEFAULT);
        limiter.pause(Duration.ofMillis(200));
        limiter.pause(Duration.ZERO);
        assertThat(limiter.acquire(1, soon())).isEmpty();
        long start = System.nanoTime();
        assertThat(limiter.acquire(1, LATE)).isPresent();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(50));
    }

    @Test
    void countsTheTokensOfAMinute() throws Exception {
        ServiceLimiter limiter = new ServiceLimiter(new ServiceLimits(10, 0, 1000, 1));
        Permit estimated = limiter.acquire(800, LATE).orElseThrow();
        assertThat(limiter.acquire(300, soon())).isEmpty();
        estimated.used(700);
        assertThat(limiter.acquire(300, soon())).isPresent();
        assertThat(limiter.acquire(1, soon())).isEmpty();
    }

    @Test
    void allowsACallThatAloneExceedsTheTokensOfAMinute() throws Exception {
        ServiceLimiter limiter = new ServiceLimiter(new ServiceLimits(10, 0, 1000, 1));
        assertThat(limiter.acquire(5000, soon())).isPresent();
        assertThat(limiter.acquire(1, soon())).isEmpty();
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofMillis(50));
    }
}
