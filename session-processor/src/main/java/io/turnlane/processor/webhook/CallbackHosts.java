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
 * <p>Each host has a share, which is a number of open webhooks. While the calls to a host succeed, it is allowed more
 * open webhooks than its share. If its latest call failed, webhooks beyond the share are rejected, because they would
 * wait behind webhooks that cannot be delivered.
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
     * @param maxCalls maximum number of concurrent calls to one host
     */
    public CallbackHosts(int maxReservations, int maxCalls) {
        this.maxReservations = maxReservations;
        this.maxCalls = maxCalls;
    }

    /**
     * Counts a webhook as open. Returns false and does not count it if the host has used up its share and its latest
     * call failed.
     */
    public synchronized boolean reserve(String name) {
        Host host = hosts.computeIfAbsent(name, _ -> new Host());
        if (host.failing && host.reservations >= maxReservations) {
            return false;
        }
        host.reservations++;
        return true;
    }

    /**
     * Ends a reservation, because its webhook is no longer open.
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
     * Begins a call if the host has fewer than the maximum number of concurrent calls. Otherwise registers the
     * callback, which runs once, when another call of the host has ended. The webhook must then call this method again.
     *
     * @return true if the call may begin; the caller must then call {@link #endCall}
     */
    synchronized boolean beginCall(String name, Runnable wake) {
        Host host = hosts.get(name);
        if (host == null) {
            return true; // the partition has just left, and with it all reservations of the host
        }
        if (host.calls >= maxCalls) {
            host.waiting.add(wake);
            return false;
        }
        host.calls++;
        return true;
    }

    /**
     * Ends a call. If webhooks of the host wait for a call, runs the callback of the first one.
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
