package io.turnlane.gateway.turns.deliver;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.problem.EventsUnavailableException;
import io.turnlane.gateway.turns.deliver.OutboxItem.DisconnectReason;
import io.turnlane.gateway.turns.deliver.Subscription.EventFilter;
import io.turnlane.log.KafkaLogConsumerFactory;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Entry point of this package: delivers turn events to clients. A client has one {@link Outbox} and any number of
 * subscriptions that share it. The caller that opens a subscription closes it.
 *
 * <p>Safe for use by multiple threads.
 */
public final class EventStreams implements AutoCloseable {

    /**
     * Minimum distance, in offsets, between a client's last cursor and a new one that the gateway sends. A catch-up
     * reads this many records in a few milliseconds.
     */
    private static final long MIN_CURSOR_STEP = 1_000;

    private final SubscriptionRegistry subscriptions;
    private final EndWatches watches = new EndWatches();
    private final BoundedWaits waits;
    private final DeliverySpans spans;
    private final EventFollower follower;
    private final LogReader reader;
    private final StreamLimits limits;
    private final SharedByteLimit sharedLimit;
    private final AtomicInteger clients = new AtomicInteger();
    private final Object clientLeft = new Object();
    private final AtomicBoolean stopping = new AtomicBoolean();

    /**
     * Limits of the streams of one gateway.
     *
     * @param clients maximum number of open outboxes
     * @param outbox bounds of the outbox of one client
     * @param maxAge maximum age of a client's outbox, shortened at random by up to a tenth, so that clients do not
     *     reconnect all at once
     * @param allOutboxes maximum number of bytes that wait for all clients together
     * @param readers number of catch-up threads, each with its own consumer
     * @param maxRecords maximum number of records that a catch-up reads before the client gets a gap
     * @param maxTime maximum time that a catch-up spends reading before the client gets a gap
     */
    public record StreamLimits(
            int clients,
            Outbox.Bounds outbox,
            Duration maxAge,
            long allOutboxes,
            int readers,
            long maxRecords,
            Duration maxTime) {

        Duration randomAge() {
            return Duration.ofNanos(
                    (long) (maxAge.toNanos() * ThreadLocalRandom.current().nextDouble(0.9, 1.0)));
        }
    }

    /** @param prepare task that creates the topic if it is missing; runs before the topic is first read */
    public EventStreams(
            KafkaLogConsumerFactory consumers,
            String topic,
            Runnable prepare,
            StreamLimits limits,
            BoundedWaits waits,
            DeliverySpans spans,
            MeterRegistry registry) {
        this.limits = limits;
        this.waits = waits;
        this.spans = spans;
        this.sharedLimit = new SharedByteLimit(limits.allOutboxes());
        this.subscriptions = new SubscriptionRegistry();
        this.follower = new EventFollower(consumers, topic, prepare, subscriptions, watches);
        CatchUp.CatchUpBudget budget =
                new CatchUp.CatchUpBudget(limits.maxRecords(), limits.maxTime().toNanos());
        DeliveryMetrics metrics = new DeliveryMetrics(registry);
        this.reader = new LogReader(consumers, topic, follower, subscriptions, limits.readers(), budget, metrics);
        Gauge.builder("turnlane.clients", clients, AtomicInteger::get)
                .description("Open streams, sockets and waits")
                .register(registry);
        Gauge.builder("turnlane.clients.waiting", sharedLimit, SharedByteLimit::bytes)
                .baseUnit("bytes")
                .description("Bytes that wait to be written to all clients together")
                .register(registry);
        Gauge.builder("turnlane.clients.waiting.max", sharedLimit, SharedByteLimit::maxBytes)
                .baseUnit("bytes")
                .description("Maximum bytes that may wait for all clients; above half, the slowest are disconnected")
                .register(registry);
        FunctionCounter.builder("turnlane.events.read", follower, EventFollower::recordsRead)
                .description("Records of the events topic read by this gateway, with or without followers")
                .register(registry);
        Gauge.builder("turnlane.followed.sessions", subscriptions, SubscriptionRegistry::sessions)
                .description("Sessions followed by at least one stream or socket of this gateway")
                .register(registry);
    }

    /**
     * Starts to read events, and waits up to {@code timeout} until the broker has returned the end offsets of the
     * topic.
     */
    public void start(Duration timeout) {
        follower.start(timeout);
        reader.start();
    }

    /** Passes the ends of all turns to this listener from now on. */
    public void listen(EndListener listener) {
        follower.listen(listener);
    }

    /** Returns true if events are being read at the moment. */
    public boolean isReady() {
        return follower.isReady();
    }

    /**
     * Returns the offset in the session's events partition at which the event stream of a turn starts if the turn is
     * published now.
     *
     * @throws EventsUnavailableException if the gateway has never reached the topic
     */
    public long position(SessionKey session) {
        return follower.position(partitionOf(session));
    }

    /**
     * Returns the cursor of a client that has received the terminal event of this request and follows its session from
     * now on.
     *
     * @param attempt latest attempt of the request
     * @throws EventsUnavailableException if the gateway has never reached the topic
     */
    public Cursor cursorAfterEnd(SessionKey session, RequestId request, int attempt) {
        int partition = partitionOf(session);
        return Cursor.at(session, partition, follower.position(partition) - 1).ended(request, attempt);
    }

    /**
     * Returns the number of the session's partition, which is the same in the events topic and in the turns topic.
     *
     * @throws EventsUnavailableException if the gateway has never reached the topic
     */
    public int partitionOf(SessionKey session) {
        return follower.partitionOf(session.toString());
    }

    /**
     * Opens the outbox of a new client. {@link #closeOutbox} releases it.
     *
     * @throws EventsUnavailableException if the maximum number of clients is connected, or if the gateway stops
     */
    public Outbox openOutbox() {
        return openOutbox(limits.randomAge());
    }

    /** Opens the outbox of a client that could not resume on another connection. The outbox has no maximum age. */
    public Outbox openLastingOutbox() {
        return openOutbox(Outbox.UNLIMITED_AGE);
    }

    private Outbox openOutbox(Duration maxAge) {
        addClient();
        Outbox outbox = new Outbox(limits.outbox(), sharedLimit, maxAge);
        subscriptions.addOutbox(outbox);
        if (stopping.get()) {
            outbox.close(DisconnectReason.SHUTDOWN);
        }
        return outbox;
    }

    private void addClient() {
        if (stopping.get()) {
            throw new EventsUnavailableException("The gateway is stopping. Reconnect to another gateway.");
        }
        if (clients.incrementAndGet() > limits.clients()) {
            clients.decrementAndGet();
            throw new EventsUnavailableException("The gateway has reached its maximum number of clients. Retry later.");
        }
    }

    /** Closes the outbox of a client that has disconnected. The caller closes the subscriptions that it opened. */
    public void closeOutbox(Outbox outbox) {
        outbox.close(DisconnectReason.GONE);
        subscriptions.removeOutbox(outbox);
        removeClient();
    }

    private void removeClient() {
        if (clients.decrementAndGet() == 0 && stopping.get()) {
            synchronized (clientLeft) {
                clientLeft.notifyAll();
            }
        }
    }

    /** Subscribes to all events from now on. */
    public Subscription subscribeLive(Outbox outbox, SessionKey session, EventFilter filter) {
        Subscription subscription = join(outbox, session, filter);
        if (!subscription.goLive(follower.position(subscription.partition()), false)) {
            reader.catchUp(subscription);
        }
        return subscription;
    }

    /** Subscribes to all events from this offset of the session's partition on. */
    public Subscription subscribeFrom(Outbox outbox, SessionKey session, EventFilter filter, long offset) {
        return subscribeBehind(
                new Subscription(session, filter, partitionOf(session), outbox, new EventReducer()), offset);
    }

    /**
     * Subscribes to all events after the cursor. If the cursor belongs to another session or to a deleted part of the
     * log, the client first receives a {@code gap} event.
     */
    public Subscription subscribeAfter(Outbox outbox, SessionKey session, EventFilter filter, Cursor cursor) {
        int partition = partitionOf(session);
        if (cursor.partition() != partition || !cursor.belongsTo(session)) {
            return subscribeWithGap(outbox, session, filter);
        }
        EventReducer reducer = new EventReducer(cursor);
        return subscribeBehind(new Subscription(session, filter, partition, outbox, reducer), cursor.offset() + 1);
    }

    /** Subscribes to all events from now on. The client first receives a {@code gap} event. */
    public Subscription subscribeWithGap(Outbox outbox, SessionKey session, EventFilter filter) {
        Subscription subscription = join(outbox, session, filter);
        subscription.goLiveWithGap(follower.position(subscription.partition()));
        return subscription;
    }

    private Subscription join(Outbox outbox, SessionKey session, EventFilter filter) {
        Subscription subscription = new Subscription(session, filter, partitionOf(session), outbox, new EventReducer());
        subscription.startJoining();
        subscriptions.add(subscription);
        return subscription;
    }

    private Subscription subscribeBehind(Subscription subscription, long offset) {
        subscription.startAt(offset);
        reader.catchUp(subscription);
        return subscription;
    }

    /**
     * Sends the client a new cursor if its last cursor is at least 1,000 offsets behind. Otherwise the client of a
     * quiet session would resume from an old cursor, and the gateway would have to read all later events of other
     * sessions.
     */
    public void offerCursor(Subscription subscription) {
        subscription.offerCursor(() -> follower.offeredOffset(subscription.partition()), MIN_CURSOR_STEP);
    }

    /** Sends the client the cursor at which its subscription starts. */
    public void offerStartCursor(Subscription subscription) {
        subscription.offerCursor(() -> 0, 0);
    }

    /**
     * Delivers the events that a {@linkplain Subscription#hold held} subscription has buffered, and all events after
     * them.
     */
    public void release(Subscription subscription) {
        subscription.release(() -> reader.catchUp(subscription));
    }

    public void close(Subscription subscription) {
        subscription.close();
        subscriptions.remove(subscription);
    }

    /**
     * Opens a watch for the terminal event of this request. The watch sees events that are published after this call.
     *
     * @throws EventsUnavailableException if the maximum number of clients is connected, if the gateway stops, or if it
     *     has never reached the topic
     */
    public EndWatch watchEnd(SessionKey session, RequestId requestId) {
        int partition = partitionOf(session);
        addClient();
        EndWatch watch = new EndWatch(session, partition, requestId, waits.create(), spans, this::close);
        watches.add(watch);
        if (stopping.get()) {
            watch.stop();
        }
        return watch;
    }

    private void close(EndWatch watch) {
        watches.remove(watch);
        removeClient();
    }

    /** Returns the number of connected clients: streams, sockets and calls that wait for an answer. */
    public int clients() {
        return clients.get();
    }

    /** Returns true if the gateway stops and rejects new clients. */
    public boolean isStopping() {
        return stopping.get();
    }

    /**
     * Rejects new clients, asks all connected clients to reconnect to another gateway, and waits up to {@code timeout}
     * until they are disconnected. Clients that have not received all waiting events after three quarters of this time
     * are disconnected without them, and can resume elsewhere.
     */
    public void disconnectClients(Duration timeout) {
        stopping.set(true);
        subscriptions.shutDownAll();
        watches.stopIf(_ -> true);
        Duration patience = timeout.multipliedBy(3).dividedBy(4);
        awaitNoClients(patience);
        subscriptions.closeAll(DisconnectReason.SHUTDOWN);
        awaitNoClients(timeout.minus(patience));
    }

    private void awaitNoClients(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (clientLeft) {
            try {
                for (long ms = timeout.toMillis(); clients.get() > 0 && ms > 0; ) {
                    clientLeft.wait(ms);
                    ms = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Stops reading events. */
    @Override
    public void close() {
        reader.close();
        follower.close();
    }
}
