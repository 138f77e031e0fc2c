package io.turnlane.gateway.deliver;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.deliver.OutboxItem.DisconnectReason;
import io.turnlane.gateway.deliver.Subscription.EventFilter;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Turn events for clients: the front of this package. A client has an {@link Outbox} and in it any number of
 * subscriptions; whoever opens them closes them.
 *
 * <p>Safe for use by any number of threads.
 */
public final class EventStreams implements AutoCloseable {

    /** Records that a resume reads in no time. */
    private static final long WORTH_TELLING = 1_000;

    private final SubscriptionRegistry hub;
    private final EventFollower follower;
    private final LogReader reader;
    private final StreamLimits limits;
    private final SharedByteLimit room;
    private final AtomicInteger clients = new AtomicInteger();
    private final Object left = new Object();
    private final AtomicBoolean isStopping = new AtomicBoolean();

    /**
     * @param clients how many outboxes may be open here
     * @param outbox of one client
     * @param allOutboxes bytes that may wait for all clients together
     * @param readers threads, each with a consumer, that bring clients up to date
     * @param maxRecords how many records a client may be behind before it gets a gap
     * @param maxTime how long reading them may take before it gets a gap
     */
    public record StreamLimits(
            int clients, Outbox.Bounds outbox, long allOutboxes, int readers, long maxRecords, Duration maxTime) {}

    /** @param prepare is run before the topic is first looked at; makes it where it is missing */
    public EventStreams(
            LogConsumerFactory consumers, String topic, Runnable prepare, StreamLimits limits, MeterRegistry registry) {
        this.limits = limits;
        this.room = new SharedByteLimit(limits.allOutboxes());
        this.hub = new SubscriptionRegistry();
        this.follower = new EventFollower(consumers, topic, prepare, hub);
        CatchUp.CatchUpBudget budget =
                new CatchUp.CatchUpBudget(limits.maxRecords(), limits.maxTime().toNanos());
        DeliveryMetrics metrics = new DeliveryMetrics(registry);
        this.reader = new LogReader(consumers, topic, follower, hub, limits.readers(), budget, metrics);
        Gauge.builder("turnlane.clients", clients, AtomicInteger::get)
                .description("Open streams, sockets and waits")
                .register(registry);
        Gauge.builder("turnlane.clients.waiting", room, SharedByteLimit::bytes)
                .baseUnit("bytes")
                .description("What waits to be written to all clients together")
                .register(registry);
        Gauge.builder("turnlane.clients.waiting.max", room, SharedByteLimit::maxBytes)
                .baseUnit("bytes")
                .description("What may wait for all clients together; from half of it on the slowest are let go")
                .register(registry);
        FunctionCounter.builder("turnlane.events.read", follower, EventFollower::recordsRead)
                .description("Records of the events topic that passed by here, wanted or not")
                .register(registry);
        Gauge.builder("turnlane.followed.sessions", hub, SubscriptionRegistry::sessions)
                .description("Sessions that somebody here follows")
                .register(registry);
    }

    /** Starts to follow, and waits up to {@code patience} until the topic has been reached. */
    public void start(Duration patience) {
        follower.start(patience);
        reader.start();
    }

    /** Whether events are being read at the moment. */
    public boolean isReady() {
        return follower.isReady();
    }

    /**
     * Where a stream of a turn that is asked now has to start.
     *
     * @throws EventsUnavailableException while the log has never been reached
     */
    public long position(SessionKey session) {
        return follower.position(follower.partitionOf(session.toString()));
    }

    /**
     * A new client's outbox; {@link #closeOutbox} gives it back.
     *
     * @throws EventsUnavailableException where there are too many clients, or the gateway stops
     */
    public Outbox openOutbox() {
        return openOutbox(limits.outbox());
    }

    Outbox openOutbox(Outbox.Bounds bounds) {
        if (isStopping.get()) {
            throw new EventsUnavailableException("this gateway is stopping");
        }
        if (clients.incrementAndGet() > limits.clients()) {
            clients.decrementAndGet();
            throw new EventsUnavailableException("too many clients are connected");
        }
        Outbox outbox = new Outbox(bounds, room);
        hub.addOutbox(outbox);
        if (isStopping.get()) {
            outbox.close(DisconnectReason.SHUTDOWN);
        }
        return outbox;
    }

    /** The client is gone; its subscriptions are to be closed by whoever opened them. */
    public void closeOutbox(Outbox outbox) {
        outbox.close(DisconnectReason.GONE);
        hub.removeOutbox(outbox);
        synchronized (left) {
            clients.decrementAndGet();
            left.notifyAll();
        }
    }

    /** Follows from now on. */
    public Subscription subscribeLive(Outbox outbox, SessionKey session, EventFilter interest) {
        int partition = follower.partitionOf(session.toString());
        Subscription subscription = new Subscription(session, interest, partition, outbox, new EventReducer());
        subscription.startJoining();
        hub.add(subscription);
        if (!subscription.goLive(follower.position(partition), false)) {
            reader.catchUp(subscription);
        }
        return subscription;
    }

    /** Follows from this offset of the session's partition on. */
    public Subscription subscribeFrom(Outbox outbox, SessionKey session, EventFilter interest, long offset) {
        int partition = follower.partitionOf(session.toString());
        return behind(new Subscription(session, interest, partition, outbox, new EventReducer()), offset);
    }

    /** Goes on after the cursor; one of another session, or of a log that is no more, gets a gap. */
    public Subscription subscribeAfter(Outbox outbox, SessionKey session, EventFilter interest, Cursor cursor) {
        int partition = follower.partitionOf(session.toString());
        if (cursor.partition() != partition || !cursor.belongsTo(session)) {
            return subscribeWithGap(outbox, session, interest);
        }
        EventReducer reducer = new EventReducer(cursor);
        return behind(new Subscription(session, interest, partition, outbox, reducer), cursor.offset() + 1);
    }

    /** Says that what was is gone, then follows from now on. */
    public Subscription subscribeWithGap(Outbox outbox, SessionKey session, EventFilter interest) {
        int partition = follower.partitionOf(session.toString());
        Subscription subscription = new Subscription(session, interest, partition, outbox, new EventReducer());
        subscription.startJoining();
        hub.add(subscription);
        subscription.goLiveWithGap(follower.position(partition));
        return subscription;
    }

    private Subscription behind(Subscription subscription, long offset) {
        subscription.startAt(offset);
        reader.catchUp(subscription);
        return subscription;
    }

    /**
     * Puts the client's place in its outbox where that is worth it: the client of a quiet session on a busy partition
     * would else come back with a cursor from long ago, and have all to be read that others said since.
     */
    public void offerCursor(Subscription subscription) {
        subscription.offerCursor(() -> follower.offeredOffset(subscription.partition()), WORTH_TELLING);
    }

    /** Puts the place where the client came in in its outbox. */
    public void offerStartCursor(Subscription subscription) {
        subscription.offerCursor(() -> 0, 0);
    }

    /** Lets a held subscription's events through. */
    public void release(Subscription subscription) {
        subscription.release(() -> reader.catchUp(subscription));
    }

    /** Ends a subscription. */
    public void close(Subscription subscription) {
        subscription.close();
        hub.remove(subscription);
    }

    /**
     * A wait for this request's end that sees all that is emitted from now on.
     *
     * @throws EventsUnavailableException where there are too many clients, or the log has never been reached
     */
    public EndWatch watchEnd(SessionKey session, RequestId requestId) {
        Outbox outbox = openOutbox(Outbox.Bounds.ONE);
        try {
            return new EndWatch(this, outbox, subscribeLive(outbox, session, EventFilter.endOf(requestId)));
        } catch (RuntimeException e) {
            closeOutbox(outbox);
            throw e;
        }
    }

    /** How many clients are connected: streams, sockets and waits. */
    public int clients() {
        return clients.get();
    }

    /** Whether new clients are refused because this gateway stops. */
    public boolean isStopping() {
        return isStopping.get();
    }

    /** Tells all clients to go elsewhere and waits up to {@code patience} until they are told; new ones are refused. */
    public void disconnectClients(Duration patience) {
        isStopping.set(true);
        hub.closeAll(DisconnectReason.SHUTDOWN);
        long deadline = System.nanoTime() + patience.toNanos();
        synchronized (left) {
            try {
                for (long ms = patience.toMillis(); clients.get() > 0 && ms > 0; ) {
                    left.wait(ms);
                    ms = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Stops following. */
    @Override
    public void close() {
        reader.close();
        follower.close();
    }
}
