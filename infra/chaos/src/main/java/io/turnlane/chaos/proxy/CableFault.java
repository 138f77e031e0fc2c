package io.turnlane.chaos.proxy;

import java.time.Duration;

/** How a cable is at the moment. Each holds for open connections and for new ones. */
public sealed interface CableFault {

    /** Nothing is wrong. */
    record Pass() implements CableFault {}

    /**
     * Every byte arrives later, and no more than so many in a second, in each direction of each connection.
     *
     * @param jitter added to the latency, evenly from 0 to this
     * @param bytesPerSecond 0 for as fast as it goes
     */
    record Slow(Duration latency, Duration jitter, long bytesPerSecond) implements CableFault {
        public Slow {
            if (latency.isNegative() || jitter.isNegative() || bytesPerSecond < 0) {
                throw new IllegalArgumentException("a cable can't be faster than it is");
            }
        }

        /** Later by the same time for every byte. */
        public static Slow by(Duration latency) {
            return new Slow(latency, Duration.ZERO, 0);
        }
    }

    /**
     * Connections are accepted and nothing is carried, not even their end: a partition in which no one hears of it.
     * What was sent meanwhile arrives after it, as TCP would bring it.
     */
    record HalfOpen() implements CableFault {}

    /**
     * Requests arrive; the reply after the first so many of a connection is dropped, and the connection is cut. The
     * client can't know whether its request was carried out.
     *
     * @param pass how many replies of each connection get through first, so that clients can greet their server
     */
    record SwallowReplies(int pass) implements CableFault {}

    /** Each connection is reset after so many bytes, counted in both directions, mid-message if need be. */
    record ResetAfter(long bytes) implements CableFault {}

    /** Every connection is reset, and every new one at once. */
    record Down() implements CableFault {}

    /** The fault's word in histories and reports. */
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
