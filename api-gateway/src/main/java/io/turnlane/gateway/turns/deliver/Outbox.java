package io.turnlane.gateway.turns.deliver;

import io.turnlane.gateway.turns.deliver.OutboxItem.DisconnectReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Bounded queue of items that wait to be written to one client. The bounds are a count and a number of bytes. The
 * outbox accepts an item of any size while its content is below both bounds, so one item can exceed them. All outboxes
 * of a gateway also share a {@link SharedByteLimit}.
 *
 * <p>Threading: the follower, catch-up readers and the client's own requests add items and never block. One thread, the
 * client's writer, takes items out. This object's monitor guards all state.
 */
public final class Outbox {

    public static final Duration UNLIMITED_AGE = Duration.ofNanos(Long.MAX_VALUE);

    private final Bounds bounds;
    private final SharedByteLimit sharedLimit;
    private final long openedNanos = System.nanoTime();
    private final long maxAgeNanos;
    private final Queue<OutboxItem> items = new ArrayDeque<>();
    private final List<Runnable> waitingForRoom = new ArrayList<>();
    private int bytes;
    private @Nullable DisconnectReason disconnectReason;
    private boolean inCall;
    /** True if the outbox ends after the waiting items and the reply of the current call. */
    private boolean ending;

    /** Bounds of one outbox: number of items and number of bytes. */
    public record Bounds(int items, int bytes) {

        public Bounds {
            if (items < 1 || bytes < 1) {
                throw new IllegalArgumentException("the bounds of an outbox must be at least 1 item and 1 byte");
            }
        }

        /**
         * Returns true if a catch-up may add an item. A catch-up fills at most half of the outbox, so that live events
         * still fit.
         */
        boolean hasRoomForCatchUp(int items, int bytes) {
            return items < Math.max(1, this.items / 2) && bytes < Math.max(1, this.bytes / 2);
        }
    }

    /**
     * Creates an outbox and registers its client with the shared limit; {@link #close} removes the client and its bytes
     * from the limit.
     *
     * @param maxAge time after which {@link #take} closes the outbox as soon as it is empty
     */
    public Outbox(Bounds bounds, SharedByteLimit sharedLimit, Duration maxAge) {
        this.bounds = bounds;
        this.sharedLimit = sharedLimit;
        this.maxAgeNanos = maxAge.toNanos();
        sharedLimit.addClient();
    }

    Bounds bounds() {
        return bounds;
    }

    SharedByteLimit sharedLimit() {
        return sharedLimit;
    }

    /**
     * Adds an item. If the outbox has reached its own bounds, closes the outbox ({@link DisconnectReason#SLOW}) and
     * returns false. If the {@linkplain SharedByteLimit shared limit} does not allow the item, closes the outbox
     * ({@link DisconnectReason#CROWDED}) and returns false. If the outbox is closed or ends, returns false without any
     * effect.
     */
    public synchronized boolean offer(OutboxItem item) {
        if (disconnectReason != null || (ending && !inCall)) {
            return false;
        }
        if (items.size() >= bounds.items() || bytes >= bounds.bytes()) {
            close(DisconnectReason.SLOW);
            return false;
        }
        if (item.bytes() > 0 && !sharedLimit.allows(bytes)) {
            close(DisconnectReason.CROWDED);
            return false;
        }
        put(item);
        return true;
    }

    /**
     * Returns true if a catch-up may add an item, or if the outbox is closed. Otherwise, {@code whenRoom} runs once as
     * soon as there is room, on the thread of the writer.
     */
    synchronized boolean hasRoom(Runnable whenRoom) {
        if (disconnectReason != null || hasRoomForMore()) {
            return true;
        }
        waitingForRoom.add(whenRoom);
        return false;
    }

    /**
     * Returns true if a catch-up may add an item. Once half of the shared limit is used, it may add one only to an
     * outbox that holds no bytes.
     */
    private boolean hasRoomForMore() {
        return bounds.hasRoomForCatchUp(items.size(), bytes) && (bytes == 0 || sharedLimit.isBelowHalf());
    }

    private void put(OutboxItem item) {
        items.add(item);
        bytes += item.bytes();
        sharedLimit.addBytes(item.bytes());
        notifyAll();
    }

    /**
     * Removes and returns the next item. Waits up to {@code timeout} for an item and returns null if none arrives.
     * After {@link #close}, discards waiting items and returns {@link OutboxItem.EndItem}. If the outbox is empty and
     * has reached its maximum age, closes it ({@link DisconnectReason#AGED}), but not during a {@linkplain #startCall
     * call}.
     */
    public @Nullable OutboxItem take(Duration timeout) throws InterruptedException {
        OutboxItem item;
        List<Runnable> waiters;
        synchronized (this) {
            awaitItem(timeout.toNanos());
            if (items.isEmpty() && remainingLife() <= 0) {
                close(DisconnectReason.AGED);
            }
            if (disconnectReason != null) {
                return new OutboxItem.EndItem(disconnectReason);
            }
            item = items.poll();
            if (item == null) {
                return null;
            }
            bytes -= item.bytes();
            sharedLimit.removeBytes(item.bytes());
            waiters = takeWaiters();
        }
        waiters.forEach(Runnable::run);
        return item;
    }

    private long remainingLife() {
        return inCall ? Long.MAX_VALUE : maxAgeNanos - (System.nanoTime() - openedNanos);
    }

    private void awaitItem(long timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout;
        while (items.isEmpty() && disconnectReason == null) {
            // The end of a call shortens the remaining life while this thread waits.
            long remaining = Math.min(deadline - System.nanoTime(), remainingLife());
            if (remaining <= 0) {
                return;
            }
            wait(remaining / 1_000_000, (int) (remaining % 1_000_000));
        }
    }

    private List<Runnable> takeWaiters() {
        if (waitingForRoom.isEmpty() || !hasRoomForMore()) {
            return List.of();
        }
        List<Runnable> waiters = List.copyOf(waitingForRoom);
        waitingForRoom.clear();
        return waiters;
    }

    /**
     * Starts a call of the client, which ends with {@link #endCall}. Until then, neither the maximum age nor the stop
     * of the gateway ends the outbox, so that the client receives the reply. A client has at most one call at a time.
     *
     * @return false if the client is being disconnected; the caller must then not execute the call, because the client
     *     would not receive the reply
     */
    public synchronized boolean startCall() {
        if (disconnectReason != null || ending) {
            return false;
        }
        inCall = true;
        return true;
    }

    /** Ends a call. The caller must have added the reply before. */
    public synchronized void endCall() {
        inCall = false;
        putEnd();
        notifyAll();
    }

    /**
     * Ends the outbox because the gateway stops. The writer first sends the waiting items and the reply of the current
     * call.
     */
    synchronized void shutDown() {
        if (!ending) {
            ending = true;
            putEnd();
        }
    }

    private void putEnd() {
        if (ending && !inCall && disconnectReason == null) {
            put(new OutboxItem.EndItem(DisconnectReason.SHUTDOWN));
        }
    }

    /**
     * Closes the outbox, so that the writer disconnects the client. If called repeatedly, only the first reason counts.
     * Discards all waiting items; the client can resume after its last cursor on another connection.
     */
    public synchronized void close(DisconnectReason reason) {
        if (disconnectReason == null) {
            disconnectReason = reason;
            items.clear();
            waitingForRoom.clear();
            sharedLimit.removeBytes(bytes);
            sharedLimit.removeClient();
            bytes = 0;
            notifyAll();
        }
    }

    /**
     * Returns the reason for which the outbox was closed or ends; {@link DisconnectReason#GONE} if it is open. The
     * writer calls this method after the connection has ended.
     */
    public synchronized DisconnectReason disconnectReason() {
        if (disconnectReason != null) {
            return disconnectReason;
        }
        return ending ? DisconnectReason.SHUTDOWN : DisconnectReason.GONE;
    }

    public synchronized boolean isClosed() {
        return disconnectReason != null;
    }
}
