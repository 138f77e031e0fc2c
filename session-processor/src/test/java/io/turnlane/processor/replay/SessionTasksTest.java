package io.turnlane.processor.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SessionTasksTest {

    private static SessionKey session(String id) {
        return SessionKey.of(null, new SessionId(id));
    }

    private static SessionTasks tasks(int parallel) {
        return new SessionTasks(task -> Thread.ofVirtual().start(task), parallel, 1_000);
    }

    @Test
    void runsTheTasksOfASessionInOrderAndThoseOfOtherSessionsMeanwhile() throws InterruptedException {
        SessionTasks tasks = tasks(4);
        List<Integer> order = new ArrayList<>(); // only the tasks of session a write it, one after another
        CountDownLatch otherRan = new CountDownLatch(1);
        tasks.submit(session("a"), () -> {
            awaitQuietly(otherRan);
            order.add(0);
        });
        for (int i = 1; i < 100; i++) {
            int number = i;
            tasks.submit(session("a"), () -> order.add(number));
        }
        tasks.submit(session("b"), otherRan::countDown);
        assertThat(tasks.awaitEnd(30_000)).isTrue();
        assertThat(order).hasSize(100).isSorted();
        assertThat(tasks.outstanding()).isZero();
    }

    @Test
    void runsNoMoreTasksThanAllowedAtTheSameTime() throws InterruptedException {
        SessionTasks tasks = tasks(3);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (int i = 0; i < 200; i++) {
            tasks.submit(session("s" + i), () -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                Thread.yield();
                running.decrementAndGet();
            });
        }
        assertThat(tasks.awaitEnd(30_000)).isTrue();
        assertThat(most.get()).isBetween(1, 3);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
