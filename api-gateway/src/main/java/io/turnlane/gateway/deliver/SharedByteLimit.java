package io.turnlane.gateway.deliver;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes may wait for all clients of a gateway together: the bounds of each times their number would be more
 * than its heap. Up to half of it nobody notices. From there on it is scarce: who has more waiting than an equal share
 * of that half is let go at the next event, so that the other half is enough for all who remain. Where it is full
 * nevertheless, as by large answers for everybody at once, whoever is to get more is let go.
 *
 * <p>What several clients wait for counts for each, though it is in the heap once: more is counted than is there.
 *
 * <p>Threading: any; two counters, no lock. A decision may be behind others' of the same moment by an event each.
 */
public final class SharedByteLimit {

    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger clients = new AtomicInteger();

    /** @param most bytes that may wait for all clients together */
    public SharedByteLimit(long most) {
        if (most < 1) {
            throw new IllegalArgumentException("there is room for at least something");
        }
        this.maxBytes = most;
    }

    /** One more client shares it. */
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

    /** Whether a client for which so much waits may get one more event. */
    boolean allows(int waiting) {
        long now = bytes.get();
        return now < maxBytes / 2 || (now < maxBytes && (waiting == 0 || waiting < share()));
    }

    /** Whether there is room for what can wait elsewhere, too. */
    boolean isBelowHalf() {
        return bytes.get() < maxBytes / 2;
    }

    private long share() {
        return maxBytes / 2 / Math.max(1, clients.get());
    }

    /** What waits now. */
    public long bytes() {
        return bytes.get();
    }

    /** What may wait. */
    public long maxBytes() {
        return maxBytes;
    }
}
