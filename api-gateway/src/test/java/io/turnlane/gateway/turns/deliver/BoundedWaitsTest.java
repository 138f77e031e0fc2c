package io.turnlane.gateway.turns.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.turnlane.gateway.turns.deliver.BoundedWaits.BoundedWait;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BoundedWaitsTest {

    private static final Duration LONG = Duration.ofSeconds(15);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final BoundedWaits waits = new BoundedWaits();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @BeforeEach
    void start() {
        waits.start();
    }

    @AfterEach
    void stop() {
        waits.close();
        threads.shutdownNow();
    }

    @Test
    void endsEachWaitAfterItsTimeout() throws Exception {
        for (int i = 0; i < 3; i++) {
            long start = System.nanoTime();
            assertThat(waits.create().await(SHORT)).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(SHORT);
        }
    }

    @Test
    void returnsTrueAtOnceIfTheWaitWasEndedBefore() throws Exception {
        BoundedWait wait = waits.create();
        wait.end();
        assertThat(wait.await(LONG)).isTrue();
        assertThat(wait.await(Duration.ZERO)).isTrue();
    }

    @Test
    void wakesTheThreadThatWaits() throws Exception {
        BoundedWait wait = waits.create();
        CompletableFuture<Thread> waiting = new CompletableFuture<>();
        Future<Boolean> ended = threads.submit(() -> {
            waiting.complete(Thread.currentThread());
            return wait.await(LONG);
        });
        awaitParked(waiting.get());
        wait.end();
        assertThat(ended.get()).isTrue();
    }

    @Test
    void canWaitAgainAfterATimeout() throws Exception {
        BoundedWait wait = waits.create();
        assertThat(wait.await(SHORT)).isFalse();
        Future<Boolean> second = threads.submit(() -> wait.await(LONG));
        wait.end();
        assertThat(second.get()).isTrue();
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        CompletableFuture<Thread> waiting = new CompletableFuture<>();
        Future<Boolean> interrupted = threads.submit(() -> {
            waiting.complete(Thread.currentThread());
            return waits.create().await(LONG);
        });
        awaitParked(waiting.get());
        waiting.get().interrupt();
        assertThatThrownBy(interrupted::get).hasCauseInstanceOf(InterruptedException.class);
    }

    private static void awaitParked(Thread thread) {
        await().until(() -> thread.getState() == Thread.State.WAITING);
    }
}
