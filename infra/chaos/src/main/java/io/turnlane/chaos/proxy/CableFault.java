package io.turnlane.chaos.proxy;

import java.time.Duration;

/** State of a cable (a proxied network path). Applies to open and new connections. */
public sealed interface CableFault {

    /** All traffic passes. */
    record Pass() implements CableFault {}

    /**
     * Traffic is delayed and limited, in each direction of each connection.
     *
     * @param latency delay of every byte
     * @param jitter limit of an additional random delay, evenly distributed from 0
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
     * Connections are accepted, but nothing is carried, not even their end, as in a network partition that neither peer
     * notices. Bytes that are sent during the fault arrive after it, as with TCP.
     */
    record HalfOpen() implements CableFault {}

    /**
     * Requests arrive, but a reply is dropped and its connection is reset. The client cannot know whether its request
     * was carried out.
     *
     * @param pass number of replies of each connection that pass before the first one is dropped, so that clients can
     *     connect
     */
    record SwallowReplies(int pass) implements CableFault {}

    /** Each connection is reset after this number of bytes in both directions together, even within a message. */
    record ResetAfter(long bytes) implements CableFault {}

    /** All open connections are reset, and each new one is reset at once. */
    record Down() implements CableFault {}

    /** Returns the name under which {@link FaultProxy#hits} counts this state. */
    default String kind() {
        return switch (this) {
            case Pass _ -> "pass";
            case Slow _ -> "slow";
            case HalfOpen _ -> "half_open";
            case SwallowReplies _ -> "swallow_replies";
            case ResetAfter _ -> "reset_after";
            case Down _ -> "down";
        };
    }
}
