package io.turnlane.gateway.deliver;

import io.turnlane.gateway.deliver.Delivery.Ending;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written to one client, bounded in count and bytes. It takes an item while it is under its bounds, so
 * that one large answer always fits; it never holds more than the bounds and one item. All clients of a gateway share a
 * {@link SharedRoom} besides.
 *
 * <p>Threading: the follower, catch-up readers and the client's own requests put in and never block; one thread, the
 * client's writer, takes out. Everything is guarded by this object's monitor.
 */
public final class Outbox {

    private final Bounds bounds;
    private final SharedRoom room;
    private final Queue<Delivery> items = new ArrayDeque<>();
    private final List<Runnable> waitingForRoom = new ArrayList<>();
    private int bytes;
    private @Nullable Ending ending;

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
        boolean leaveRoom(int items, int bytes) {
            return items < Math.max(1, this.items / 2) && bytes < Math.max(1, this.bytes / 2);
        }
    }

    /** An outbox of its own; {@link #close} gives its part of the room back. */
    public Outbox(Bounds bounds, SharedRoom room) {
        this.bounds = bounds;
        this.room = room;
        room.entered();
    }

    Bounds bounds() {
        return bounds;
    }

    SharedRoom room() {
        return room;
    }

    /**
     * Puts in what happens now. False where the client is over its bound, and is let go as {@link Ending#SLOW}, or the
     * gateway over its own, and this client takes more than its share: {@link Ending#CROWDED}.
     */
    public synchronized boolean offer(Delivery item) {
        if (ending != null) {
            return false;
        }
        if (items.size() >= bounds.items() || bytes >= bounds.bytes()) {
            close(Ending.SLOW);
            return false;
        }
        if (item.bytes() > 0 && !room.allows(bytes)) {
            close(Ending.CROWDED);
            return false;
        }
        put(item);
        return true;
    }

    /** Whether a catch-up may put one more in; where not, {@code whenRoom} is called once there is room again. */
    synchronized boolean hasRoom(Runnable whenRoom) {
        if (ending != null || roomForMore()) {
            return true;
        }
        waitingForRoom.add(whenRoom);
        return false;
    }

    /** Where the gateway's room is scarce, a catch-up goes on when all it brought before has been sent. */
    private boolean roomForMore() {
        return bounds.leaveRoom(items.size(), bytes) && (bytes == 0 || room.plenty());
    }

    private void put(Delivery item) {
        items.add(item);
        bytes += item.bytes();
        room.take(item.bytes());
        notifyAll();
    }

    /**
     * Takes the next item out, after waiting for it up to {@code patience}; null where nothing came. After a
     * {@link #close} the answer is {@link Delivery.End}, whatever still waited.
     */
    public @Nullable Delivery take(Duration patience) throws InterruptedException {
        Delivery item;
        List<Runnable> wake;
        synchronized (this) {
            awaitItem(patience.toNanos());
            if (ending != null) {
                return new Delivery.End(ending);
            }
            item = items.poll();
            if (item == null) {
                return null;
            }
            bytes -= item.bytes();
            room.giveBack(item.bytes());
            wake = roomFor();
        }
        wake.forEach(Runnable::run);
        return item;
    }

    private void awaitItem(long patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience;
        long left = patience;
        while (items.isEmpty() && ending == null && left > 0) {
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
    public synchronized void close(Ending why) {
        if (ending == null) {
            ending = why;
            items.clear();
            waitingForRoom.clear();
            room.giveBack(bytes);
            room.left();
            bytes = 0;
            notifyAll();
        }
    }

    /** Why the client is let go; {@link Ending#GONE} where nobody did, and so it left by itself. */
    public synchronized Ending ending() {
        return ending == null ? Ending.GONE : ending;
    }

    /** Whether it was closed. */
    public synchronized boolean closed() {
        return ending != null;
    }
}
