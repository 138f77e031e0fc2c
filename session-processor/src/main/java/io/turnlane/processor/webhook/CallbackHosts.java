package io.turnlane.processor.webhook;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * Limits the open webhooks and the concurrent calls of each callback host. The webhooks of an unavailable host
 * therefore cannot use up the processor's total limits.
 *
 * <p>Each host has a share, which is a maximum number of open webhooks. A host whose latest call succeeded is allowed
 * more webhooks than its share. If the latest call failed, further webhooks beyond the share are rejected, because they
 * would wait behind webhooks that cannot be delivered.
 *
 * <p>Threading: the poll thread reserves, and lanes begin and end calls. The monitor of this object guards all state. A
 * host is stored only while it has a reservation, so there are at most as many hosts as reservations.
 */
public final class CallbackHosts {

    private final int maxReservations;
    private final int maxCalls;
    private final Map<String, Host> hosts = new HashMap<>();

    private static final class Host {
        private int reservations;
        private int calls;
        private boolean failing;
        private final SequencedSet<Runnable> waiting = new LinkedHashSet<>();
    }

    /**
     * Creates the limits.
     *
     * @param maxReservations maximum number of reservations of one host while its calls fail
     * @param maxCalls number of concurrent calls to one host
     */
    public CallbackHosts(int maxReservations, int maxCalls) {
        this.maxReservations = maxReservations;
        this.maxCalls = maxCalls;
    }

    /** Reserves a webhook of the host. Returns false if the host has used up its share and its latest call failed. */
    public synchronized boolean reserve(String name) {
        Host host = hosts.computeIfAbsent(name, _ -> new Host());
        if (host.failing && host.reservations >= maxReservations) {
            return false;
        }
        host.reservations++;
        return true;
    }

    /**
     * Releases a reservation.
     *
     * @param wake callback that was passed to {@link #beginCall}; it is not called any more
     */
    public synchronized void release(String name, Runnable wake) {
        Host host = hosts.get(name);
        if (host == null) {
            return;
        }
        host.waiting.remove(wake);
        if (--host.reservations == 0) {
            hosts.remove(name);
        }
    }

    /**
     * Begins a call, or registers a callback for when a call may begin. Each registered callback is called once, and
     * the webhook must then call this method again.
     *
     * @return true if the call may begin; the caller must then call {@link #endCall}
     */
    synchronized boolean beginCall(String name, Runnable wake) {
        Host host = hosts.get(name);
        if (host == null) {
            return true; // the reservation was just released, with its partition
        }
        if (host.calls >= maxCalls) {
            host.waiting.add(wake);
            return false;
        }
        host.calls++;
        return true;
    }

    /**
     * Ends a call and runs the callback of the next waiting webhook of the host.
     *
     * @param received true if the receiver accepted the webhook
     */
    void endCall(String name, boolean received) {
        Runnable next = ended(name, received);
        if (next != null) {
            next.run();
        }
    }

    private synchronized @Nullable Runnable ended(String name, boolean received) {
        Host host = hosts.get(name);
        if (host == null) {
            return null;
        }
        host.calls = Math.max(0, host.calls - 1);
        host.failing = !received;
        return host.waiting.isEmpty() ? null : host.waiting.removeFirst();
    }

    /** Returns the largest number of reservations of one host. */
    public synchronized int maxReserved() {
        return hosts.values().stream().mapToInt(host -> host.reservations).max().orElse(0);
    }
}
