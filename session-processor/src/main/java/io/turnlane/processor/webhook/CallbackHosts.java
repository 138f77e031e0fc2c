package io.turnlane.processor.webhook;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * How much of what is held each host of callbacks has, so that one whose receivers are away can't take all of it: its
 * share of the places held, and its share of the calls at once. A host within its shares notices nothing.
 *
 * <p>A host over its share of places goes on being served as long as its latest call was received; where that failed,
 * what comes for it is turned away, for it would wait behind what can't be sent either.
 *
 * <p>Threading: the poll thread holds, lanes begin and end; guarded by this object's monitor, held for a few steps. A
 * host is known only while something of it is held, so there are at most as many as places.
 */
public final class CallbackHosts {

    private final int mostHeld;
    private final int mostCalls;
    private final Map<String, Host> hosts = new HashMap<>();

    private static final class Host {
        private int held;
        private int calls;
        private boolean failing;
        private final SequencedSet<Runnable> waiting = new LinkedHashSet<>();
    }

    /**
     * These shares.
     *
     * @param mostHeld places of one host while its calls fail
     * @param mostCalls to one host at once
     */
    public CallbackHosts(int mostHeld, int mostCalls) {
        this.mostHeld = mostHeld;
        this.mostCalls = mostCalls;
    }

    /** Takes a place for one that came; false where its host has its share and fails. */
    public synchronized boolean reserve(String name) {
        Host host = hosts.computeIfAbsent(name, _ -> new Host());
        if (host.failing && host.held >= mostHeld) {
            return false;
        }
        host.held++;
        return true;
    }

    /**
     * Gives a place back that was taken.
     *
     * @param wake as given to {@link #beginCall}: it is to be woken no more
     */
    public synchronized void release(String name, Runnable wake) {
        Host host = hosts.get(name);
        if (host == null) {
            return;
        }
        host.waiting.remove(wake);
        if (--host.held == 0) {
            hosts.remove(name);
        }
    }

    /**
     * Begins a call, or else remembers whom to wake when one may begin, each once: who is woken asks again.
     *
     * @return whether the call may be made; {@link #endCall} it then
     */
    synchronized boolean beginCall(String name, Runnable wake) {
        Host host = hosts.get(name);
        if (host == null) {
            return true; // given back a moment ago, with its partition
        }
        if (host.calls >= mostCalls) {
            host.waiting.add(wake);
            return false;
        }
        host.calls++;
        return true;
    }

    /** Ends a call, and wakes the next that waits. */
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

    /** The most places that one host has. */
    public synchronized int maxReserved() {
        return hosts.values().stream().mapToInt(host -> host.held).max().orElse(0);
    }
}
