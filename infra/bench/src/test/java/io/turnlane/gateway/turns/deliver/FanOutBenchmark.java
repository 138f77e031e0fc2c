package io.turnlane.gateway.turns.deliver;

import io.turnlane.gateway.turns.deliver.Subscription.EventFilter;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Time to find the clients of an event's session, to offer the event to each, and to take it out of each outbox. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FanOutBenchmark {

    @Param({"1", "100"})
    public int clients;

    private final SubscriptionRegistry registry = new SubscriptionRegistry();
    private final List<Outbox> outboxes = new ArrayList<>();
    private final SessionKey session = SessionKey.of(null, new SessionId("s"));
    private final RequestId request = new RequestId(new UUID(1, 1));
    private final byte[] value = new byte[300];
    private String key;
    private int next;

    @Setup
    public void subscribe() {
        key = session.toString();
        SharedByteLimit limit = new SharedByteLimit(100_000_000);
        for (int client = 0; client < clients; client++) {
            Outbox outbox = new Outbox(new Outbox.Bounds(1000, 256 << 10), limit, Outbox.UNLIMITED_AGE);
            Subscription subscription = new Subscription(session, EventFilter.SESSION, 0, outbox, new EventReducer());
            subscription.goLive(0, false);
            registry.add(subscription);
            outboxes.add(outbox);
        }
    }

    @Benchmark
    public int offerAndTake() throws InterruptedException {
        next++;
        LoggedEvent event = new LoggedEvent(next, "delta", request, 1, 1, next, value, null, null);
        for (Subscription subscription : registry.subscriptionsOf(key)) {
            subscription.offerLive(event);
        }
        int taken = 0;
        for (Outbox outbox : outboxes) {
            taken += outbox.take(Duration.ZERO) == null ? 0 : 1;
        }
        return taken;
    }
}
