package io.turnlane.chaos.proxy;

import java.time.Duration;

/** State of a cable (a proxied network path). A state applies to all connections of the cable, open and new ones. */
public sealed interface CableFault {

    /** All traffic passes. */
    record Pass() implements CableFault {}

    /**
     * The proxy delays and limits the traffic in each direction of each connection.
     *
     * @param latency delay of every byte
     * @param jitter maximum of an additional random delay
     * @param bytesPerSecond limit of the throughput; 0 for no limit
     */
    record Slow(Duration latency, Duration jitter, long bytesPerSecond) implements CableFault {
        public Slow {
            if (latency.isNegative() || jitter.isNegative() || bytesPerSecond < 0) {
                throw new IllegalArgumentException("latency, jitter and bytes per second must not be negative");
            }
        }

        /** Returns a fixed delay without a limit of the throughput. */
        public static Slow by(Duration latency) {
            return new Slow(latency, Duration.ZERO, 0);
        }
    }

    /**
     * The proxy accepts connections but forwards nothing, not even the end of a connection. Neither peer notices this.
     * When the fault ends, the proxy delivers the bytes that the peers sent in the meantime.
     */
    record HalfOpen() implements CableFault {}

    /**
     * The proxy forwards requests, but drops a reply and resets the connection. The client then cannot know if the
     * server executed its request.
     *
     * @param pass number of replies that the proxy forwards on each connection before it drops one, so that clients can
     *     connect
     */
    record SwallowReplies(int pass) implements CableFault {}

    /**
     * The proxy resets each connection after it has forwarded this number of bytes, counted over both directions. The
     * reset can be in the middle of a message.
     */
    record ResetAfter(long bytes) implements CableFault {}

    /** The proxy resets all open connections, and each new connection immediately. */
    record Down() implements CableFault {}
}
