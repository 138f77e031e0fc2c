package io.turnlane.gateway.turns.deliver;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limit on the bytes that wait for all clients of a gateway together. It is necessary because the limit of one outbox
 * times the maximum number of clients would exceed the heap.
 *
 * <p>While less than half of the limit is used, only the bounds of each outbox apply. From half of the limit on, each
 * client has a share: half of the limit divided by the number of clients. A client whose waiting bytes have reached its
 * share is disconnected at its next event. If the whole limit is used, for instance by large answers to many clients at
 * once, every client is disconnected at its next event.
 *
 * <p>An event that waits for several clients counts once for each of them, although the heap holds it once. The limit
 * therefore overestimates the memory in use.
 *
 * <p>Threading: safe for use by multiple threads without a lock. The limit can be exceeded by at most one event per
 * thread, because a check does not see events that other threads add at the same moment.
 */
public final class SharedByteLimit {

    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger clients = new AtomicInteger();

    /** @param maxBytes maximum number of bytes that wait for all clients together */
    public SharedByteLimit(long maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("the limit must be at least 1 byte");
        }
        this.maxBytes = maxBytes;
    }

    void addClient() {
        clients.incrementAndGet();
    }

    void removeClient() {
        clients.decrementAndGet();
    }

    void addBytes(int size) {
        bytes.addAndGet(size);
    }

    void removeBytes(int size) {
        bytes.addAndGet(-size);
    }

    /**
     * Returns true if a client may receive another event.
     *
     * @param waiting number of bytes that already wait for the client
     */
    boolean allows(int waiting) {
        long now = bytes.get();
        return now < maxBytes / 2 || (now < maxBytes && (waiting == 0 || waiting < share()));
    }

    /**
     * Returns true if less than half of the limit is used. Otherwise catch-ups pause until the outbox of their client
     * is empty.
     */
    boolean isBelowHalf() {
        return bytes.get() < maxBytes / 2;
    }

    private long share() {
        return maxBytes / 2 / Math.max(1, clients.get());
    }

    public long bytes() {
        return bytes.get();
    }

    /** Returns the maximum number of bytes that may wait. */
    public long maxBytes() {
        return maxBytes;
    }
}
