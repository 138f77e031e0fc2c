package io.turnlane.chaos.fault.act;

import io.turnlane.chaos.proxy.CableFault;
import io.turnlane.chaos.proxy.FaultProxy;
import io.turnlane.chaos.rig.RigNetwork;
import java.time.Duration;

/** What happens to the connections between the processes. The driver's thread only. */
public final class NetworkFaults {

    private static final Duration SWALLOW_LIMIT = Duration.ofMinutes(10);
    private static final Duration SLOW = Duration.ofMillis(100);

    /** So many replies of a connection pass first: a client of Redis greets it with some. */
    private static final int GREETINGS = 6;

    private static final int POLL_MILLIS = 20;

    private final RigNetwork wires;

    public NetworkFaults(RigNetwork wires) {
        this.wires = wires;
    }

    /** Connections stay, and nothing passes. */
    public void halfOpen(String cable) {
        wires.cable(cable).set(new CableFault.HalfOpen());
    }

    /** Everything comes 100 ms later. */
    public void slow(String cable) {
        wires.cable(cable).set(CableFault.Slow.by(SLOW));
    }

    /** Swallows so many replies, each with its connection; how many it were. */
    public int swallow(String cable, int replies) throws InterruptedException {
        FaultProxy proxy = wires.cable(cable);
        long before = cuts(proxy);
        long end = System.nanoTime() + SWALLOW_LIMIT.toNanos();
        proxy.set(new CableFault.SwallowReplies(GREETINGS));
        while (cuts(proxy) - before < replies && System.nanoTime() < end) {
            Thread.sleep(POLL_MILLIS);
        }
        proxy.heal();
        return Math.toIntExact(cuts(proxy) - before);
    }

    private static long cuts(FaultProxy proxy) {
        FaultProxy.Hits hits = proxy.hits().get(new CableFault.SwallowReplies(GREETINGS).kind());
        return hits == null ? 0 : hits.cuts();
    }

    public void heal(String cable) {
        wires.cable(cable).heal();
    }
}
