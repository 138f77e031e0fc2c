package io.turnlane.chaos.fault.act;

import io.turnlane.chaos.fault.expect.FaultExpectations;
import io.turnlane.chaos.proxy.CableFault;
import io.turnlane.chaos.proxy.FaultProxy;
import io.turnlane.chaos.proxy.Hits;
import io.turnlane.chaos.rig.RigNetwork;
import java.time.Duration;

/**
 * Faults of the connections between the processes. Not thread-safe. The driver's thread calls all methods. While that
 * thread waits, another thread can call the methods that heal a fault.
 */
public final class NetworkFaults {

    private static final Duration SWALLOW_LIMIT = Duration.ofMinutes(10);
    private static final Duration SLOW = Duration.ofMillis(100);

    /**
     * Number of replies that the proxy forwards on each connection before it drops one. A Redis client needs the
     * replies to the commands that it sends when it connects.
     */
    private static final int HANDSHAKE_REPLIES = 6;

    private static final int POLL_MILLIS = 20;

    private final RigNetwork network;
    private final FaultExpectations expectations;

    public NetworkFaults(RigNetwork network, FaultExpectations expectations) {
        this.network = network;
        this.expectations = expectations;
    }

    /** Keeps all connections open, but stops all traffic. */
    public void halfOpen(String cable) {
        network.cable(cable).set(new CableFault.HalfOpen());
    }

    /** Delays all traffic by 100 ms in each direction. */
    public void slow(String cable) {
        network.cable(cable).set(CableFault.Slow.by(SLOW));
    }

    /**
     * Drops replies and cuts the connection of each dropped reply, until {@code replies} connections have been cut. The
     * run fails if this takes more than 10 minutes. Returns the number of connections that were cut.
     */
    public int swallow(String cable, int replies) throws InterruptedException {
        FaultProxy proxy = network.cable(cable);
        long before = cuts(proxy);
        long end = System.nanoTime() + SWALLOW_LIMIT.toNanos();
        proxy.set(new CableFault.SwallowReplies(HANDSHAKE_REPLIES));
        while (cuts(proxy) - before < replies && System.nanoTime() < end) {
            Thread.sleep(POLL_MILLIS);
        }
        proxy.heal();
        long cut = cuts(proxy) - before;
        expectations.failIf(
                cut < replies,
                "only %d of %d replies on %s were dropped within %d min"
                        .formatted(cut, replies, cable, SWALLOW_LIMIT.toMinutes()));
        return Math.toIntExact(cut);
    }

    private static long cuts(FaultProxy proxy) {
        Hits hits = proxy.hits().get(CableFault.SwallowReplies.class);
        return hits == null ? 0 : hits.cuts();
    }

    public void heal(String cable) {
        network.cable(cable).heal();
    }
}
