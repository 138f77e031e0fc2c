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
 * <p>The maximum number of open webhooks of a host applies only while its latest call failed. Further webhooks would
 * then wait behind webhooks that cannot be delivered, so {@link #reserve} rejects them.
 *
 * <p>Threading: the webhooks' poll thread calls {@link #reserve}. Lane threads call {@link #beginCall} and
 * {@link #endCall}. Any thread may call {@link #release}. The monitor of this object guards all state.
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
     * @param maxReservations maximum number of open webhooks of one host while its calls fail
     * @param maxCalls maximum number of concurrent calls to one host
     */
    public CallbackHosts(int maxReservations, int maxCalls) {
        this.maxReservations = maxReservations;
        this.maxCalls = maxCalls;
    }

    /**
     * Counts a webhook of the host as open. Returns false without counting it if the host's latest call failed and the
     * host already has the maximum number of open webhooks.
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
     * Stops counting a webhook of the host as open.
     *
     * @param wake callback that the webhook passed to {@link #beginCall}; this object no longer calls it
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
     * callback. The callback runs once, when another call of the host has ended. The webhook must call this method
     * again after that.
     *
     * @return true if the call may begin; the caller must then call {@link #endCall}
     */
    synchronized boolean beginCall(String name, Runnable wake) {
        Host host = hosts.get(name);
        if (host == null) {
            return true; // all webhooks of the host were released, because their partitions have left
        }
        if (host.calls >= maxCalls) {
            host.waiting.add(wake);
            return false;
        }
        host.calls++;
        return true;
    }

    /**
     * Ends a call. If webhooks of the host wait for their calls, runs the callback of the first waiting webhook.
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

    /** Returns the number of open webhooks of the host that has the most. */
    public synchronized int maxReserved() {
        return hosts.values().stream().mapToInt(host -> host.reservations).max().orElse(0);
    }
}
