package io.turnlane.gateway.deliver;

import io.turnlane.gateway.deliver.OutboxItem.DisconnectReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written to one client, bounded in count and bytes. It takes an item while it is under its bounds, so
 * that one large answer always fits; it never holds more than the bounds and one item. All clients of a gateway share a
 * {@link SharedByteLimit} besides.
 *
 * <p>Threading: the follower, catch-up readers and the client's own requests put in and never block; one thread, the
 * client's writer, takes out. Everything is guarded by this object's monitor.
 */
public final class Outbox {

    private final Bounds bounds;
    private final SharedByteLimit sharedLimit;
    private final Queue<OutboxItem> items = new ArrayDeque<>();
    private final List<Runnable> waitingForRoom = new ArrayList<>();
    private int bytes;
    private @Nullable DisconnectReason disconnectReason;

    /** How much may wait for one client. */
    public record Bounds(int items, int bytes) {

        public Bounds {
            if (items < 1 || bytes < 1) {
                throw new IllegalArgumentException("an outbox holds at least something");
            }
        }

        /** For a client that waits for one event. */
        public static final Bounds ONE = new Bounds(2, 1);

        /** What a catch-up may fill, so that live events still fit. */
        boolean hasRoomForCatchUp(int items, int bytes) {
            return items < Math.max(1, this.items / 2) && bytes < Math.max(1, this.bytes / 2);
        }
    }

    /** An outbox of its own; {@link #close} gives its part of the room back. */
    public Outbox(Bounds bounds, SharedByteLimit room) {
        this.bounds = bounds;
        this.sharedLimit = room;
        room.addClient();
    }

    Bounds bounds() {
        return bounds;
    }

    SharedByteLimit sharedLimit() {
        return sharedLimit;
    }

    /**
     * Puts in what happens now. False where the client is over its bound, and is let go as
     * {@link DisconnectReason#SLOW}, or the gateway over its own, and this client takes more than its share:
     * {@link DisconnectReason#CROWDED}.
     */
    public synchronized boolean offer(OutboxItem item) {
        if (disconnectReason != null) {
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

    /** Whether a catch-up may put one more in; where not, {@code whenRoom} is called once there is room again. */
    synchronized boolean hasRoom(Runnable whenRoom) {
        if (disconnectReason != null || roomForMore()) {
            return true;
        }
        waitingForRoom.add(whenRoom);
        return false;
    }

    /** Where the gateway's room is scarce, a catch-up goes on when all it brought before has been sent. */
    private boolean roomForMore() {
        return bounds.hasRoomForCatchUp(items.size(), bytes) && (bytes == 0 || sharedLimit.isBelowHalf());
    }

    private void put(OutboxItem item) {
        items.add(item);
        bytes += item.bytes();
        sharedLimit.addBytes(item.bytes());
        notifyAll();
    }

    /**
     * Takes the next item out, after waiting for it up to {@code patience}; null where nothing came. After a
     * {@link #close} the answer is {@link OutboxItem.EndItem}, whatever still waited.
     */
    public @Nullable OutboxItem take(Duration patience) throws InterruptedException {
        OutboxItem item;
        List<Runnable> wake;
        synchronized (this) {
            awaitItem(patience.toNanos());
            if (disconnectReason != null) {
                return new OutboxItem.EndItem(disconnectReason);
            }
            item = items.poll();
            if (item == null) {
                return null;
            }
            bytes -= item.bytes();
            sharedLimit.removeBytes(item.bytes());
            wake = roomFor();
        }
        wake.forEach(Runnable::run);
        return item;
    }

    private void awaitItem(long patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience;
        long left = patience;
        while (items.isEmpty() && disconnectReason == null && left > 0) {
            wait(left / 1_000_000, (int) (left % 1_000_000));
            left = deadline - System.nanoTime();
        }
    }

    private List<Runnable> roomFor() {
        if (waitingForRoom.isEmpty() || !roomForMore()) {
            return List.of();
        }
        List<Runnable> wake = List.copyOf(waitingForRoom);
        waitingForRoom.clear();
        return wake;
    }

    /** Lets the client go; the first reason stands. What still waited is dropped: its cursor leads on elsewhere. */
    public synchronized void close(DisconnectReason why) {
        if (disconnectReason == null) {
            disconnectReason = why;
            items.clear();
            waitingForRoom.clear();
            sharedLimit.removeBytes(bytes);
            sharedLimit.removeClient();
            bytes = 0;
            notifyAll();
        }
    }

    /** Why the client is let go; {@link DisconnectReason#GONE} where nobody did, and so it left by itself. */
    public synchronized DisconnectReason disconnectReason() {
        return disconnectReason == null ? DisconnectReason.GONE : disconnectReason;
    }

    /** Whether it was closed. */
    public synchronized boolean isClosed() {
        return disconnectReason != null;
    }
}
