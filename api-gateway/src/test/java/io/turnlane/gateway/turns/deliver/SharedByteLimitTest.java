package io.turnlane.gateway.turns.deliver;

import static io.turnlane.gateway.turns.deliver.Events.sized;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.turns.deliver.OutboxItem.DisconnectReason;
import io.turnlane.gateway.turns.deliver.Subscription.EventFilter;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Clients with large outboxes at a gateway with a shared limit of 1,000 bytes. */
class SharedByteLimitTest {

    private final SharedByteLimit limit = new SharedByteLimit(1_000);

    private Outbox client() {
        return new Outbox(new Outbox.Bounds(1_000, 100_000), limit, Outbox.UNLIMITED_AGE);
    }

    private List<Outbox> clients(int number) {
        return IntStream.range(0, number).mapToObj(_ -> client()).toList();
    }

    private static boolean offer(Outbox to, int bytes) {
        return to.offer(new OutboxItem.FrameItem(new byte[bytes]));
    }

    private static DisconnectReason reason(Outbox of) throws InterruptedException {
        return of.take(Duration.ZERO) instanceof OutboxItem.EndItem(var reason) ? reason : null;
    }

    @Test
    void disconnectsAClientOverItsEqualShareOnceHalfIsUsed() throws Exception {
        List<Outbox> four = clients(4);
        Outbox large = four.getFirst();
        for (int i = 0; i < 5; i++) {
            assertThat(offer(large, 100)).isTrue();
        }
        for (Outbox other : four.subList(1, 4)) {
            assertThat(offer(other, 100)).as("client without waiting bytes").isTrue();
            assertThat(offer(other, 20)).as("client below its share").isTrue();
        }
        assertThat(offer(large, 1)).isFalse();
        assertThat(reason(large)).isEqualTo(DisconnectReason.CROWDED);
        assertThat(limit.bytes())
                .as("bytes after the client's items were discarded")
                .isEqualTo(360);
        assertThat(offer(four.getLast(), 100)).isTrue();
    }

    @Test
    void ignoresSharesBelowHalf() {
        Outbox busy = client();
        clients(99);
        assertThat(offer(busy, 499)).isTrue();
        assertThat(offer(busy, 1)).isTrue();
        assertThat(offer(busy, 1)).isFalse();
    }

    @Test
    void releasesBytesThatAreRead() throws Exception {
        Outbox reader = client();
        for (int i = 0; i < 100; i++) {
            assertThat(offer(reader, 300)).isTrue();
            assertThat(reader.take(Duration.ZERO)).isInstanceOf(OutboxItem.FrameItem.class);
        }
        assertThat(limit.bytes()).isZero();
    }

    @Test
    void rejectsEveryEventIfFull() throws Exception {
        List<Outbox> many = clients(12);
        for (Outbox each : many.subList(0, 10)) {
            assertThat(offer(each, 100)).isTrue();
        }
        assertThat(offer(many.get(10), 100)).isFalse();
        assertThat(reason(many.get(10))).isEqualTo(DisconnectReason.CROWDED);
        assertThat(many.get(11).offer(new OutboxItem.EndItem(DisconnectReason.GONE)))
                .as("item without bytes")
                .isTrue();
        assertThat(limit.bytes()).isEqualTo(1_000);
    }

    @Test
    void delaysACatchUpAboveHalfUntilItsEventsAreSent() throws Exception {
        Outbox large = client();
        offer(large, 600);
        Outbox resuming = client();
        Subscription subscription = new Subscription(
                SessionKey.of(null, new SessionId("s")), EventFilter.SESSION, 0, resuming, new EventReducer());
        AtomicInteger called = new AtomicInteger();
        assertThat(subscription.offerFromLog(event(0), called::incrementAndGet)).isTrue();
        assertThat(subscription.offerFromLog(event(1), called::incrementAndGet)).isFalse();
        assertThat(resuming.isClosed()).isFalse();
        resuming.take(Duration.ZERO);
        assertThat(called).hasValue(1);
        assertThat(subscription.offerFromLog(event(1), called::incrementAndGet)).isTrue();
    }

    @Test
    void countsBufferedEventsAndReleasesThem() {
        Outbox resuming = client();
        Subscription subscription = new Subscription(
                SessionKey.of(null, new SessionId("s")), EventFilter.SESSION, 0, resuming, new EventReducer());
        subscription.startJoining();
        subscription.offerLive(event(5));
        long buffered = limit.bytes();
        assertThat(buffered).isPositive();
        subscription.goLive(5, false);
        assertThat(limit.bytes())
                .as("bytes after the event moved to the outbox")
                .isEqualTo(buffered);
        subscription.close();
        resuming.close(DisconnectReason.GONE);
        assertThat(limit.bytes()).isZero();
    }

    private static LoggedEvent event(long offset) {
        return sized(offset, Events.R1, 1, (int) offset, "delta", 10);
    }

    /** Each thread may miss one event that another thread adds. */
    @Test
    void keepsItsLimitAndCountsEveryByteUnderConcurrency() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        int threads = 4;
        List<Outbox> all = clients(40);
        AtomicLong highest = new AtomicLong();
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService running = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                Random random = new Random(seed + i);
                running.submit(() -> {
                    go.await();
                    for (int step = 0; step < 5_000; step++) {
                        Outbox one = all.get(random.nextInt(all.size()));
                        if (random.nextInt(3) == 0) {
                            one.take(Duration.ZERO);
                        } else {
                            offer(one, 1 + random.nextInt(50));
                        }
                        highest.accumulateAndGet(limit.bytes(), Math::max);
                    }
                    return null;
                });
            }
            go.countDown();
            running.shutdown();
            assertThat(running.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(highest.get()).as("seed %d", seed).isBetween(500L, 1_000L + threads * 50);
        all.forEach(each -> each.close(DisconnectReason.GONE));
        assertThat(limit.bytes()).as("seed %d", seed).isZero();
    }
}
