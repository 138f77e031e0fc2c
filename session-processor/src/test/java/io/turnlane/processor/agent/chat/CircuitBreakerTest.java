package io.turnlane.processor.agent.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.processor.agent.http.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {

    private final CircuitBreaker breaker = new CircuitBreaker(Duration.ofMillis(200));

    @Test
    void opensAfterFiveConsecutiveFailuresAndAllowsOneCallInAPeriod() throws Exception {
        for (int i = 0; i < 4; i++) {
            assertThat(breaker.failed()).isFalse();
        }
        breaker.succeeded();
        for (int i = 0; i < 4; i++) {
            assertThat(breaker.failed()).isFalse();
        }
        assertThat(breaker.tryCall()).isTrue();
        assertThat(breaker.failed()).isTrue();
        assertThat(breaker.tryCall()).isFalse();
        assertThat(breaker.awaitCall(Deadline.in(Duration.ofMillis(20)))).isFalse();
        assertThat(breaker.awaitCall(Deadline.in(Duration.ofSeconds(5)))).isTrue();
        assertThat(breaker.failed()).isFalse();
        assertThat(breaker.tryCall()).isFalse();
    }

    @Test
    void letsWaitingCallsPassAfterASuccess() throws Exception {
        CircuitBreaker slow = new CircuitBreaker(Duration.ofMinutes(1));
        for (int i = 0; i < 5; i++) {
            var _ = slow.failed();
        }
        CompletableFuture<Boolean> allowed = new CompletableFuture<>();
        Thread waiting = Thread.ofPlatform().start(() -> {
            try {
                allowed.complete(slow.awaitCall(Deadline.in(Duration.ofMinutes(1))));
            } catch (InterruptedException e) {
                allowed.completeExceptionally(e);
            }
        });
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        slow.succeeded();
        assertThat(allowed.get(10, TimeUnit.SECONDS)).isTrue();
    }
}
