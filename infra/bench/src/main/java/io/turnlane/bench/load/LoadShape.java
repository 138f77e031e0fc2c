package io.turnlane.bench.load;

import java.time.Duration;

/** Load that a generator creates for a limited time. */
public sealed interface LoadShape {

    /** Returns the time in which requests begin. A generator waits for their answers a bounded time longer. */
    Duration time();

    /** Returns a description for tables, for example {@code 64 clients} or {@code 500/s}. */
    String label();

    /** Returns the same load for another time. */
    LoadShape lasting(Duration other);

    /**
     * Closed loop: each client sends its next request as soon as it has received the previous answer. A slow server
     * therefore receives fewer requests. Measures throughput, and the latency at this concurrency.
     */
    record ClosedLoop(int clients, Duration time) implements LoadShape {

        public ClosedLoop {
            if (clients < 1 || !time.isPositive()) {
                throw new IllegalArgumentException("a closed loop needs a client and a positive time");
            }
        }

        @Override
        public String label() {
            return clients == 1 ? "1 client" : clients + " clients";
        }

        @Override
        public LoadShape lasting(Duration other) {
            return new ClosedLoop(clients, other);
        }
    }

    /**
     * Open loop: requests become due at a constant rate, independent of the answers. Latency counts from the time at
     * which a request was due, so a slow server cannot hide its delay by slowing down the generator (coordinated
     * omission).
     *
     * @param perSecond requests per second
     * @param connections maximum number of open connections; a request that is due waits for a free one
     */
    record OpenLoop(double perSecond, int connections, Duration time) implements LoadShape {

        public OpenLoop {
            if (!(perSecond > 0) || connections < 1 || !time.isPositive()) {
                throw new IllegalArgumentException("an open loop needs a rate, a connection and a positive time");
            }
        }

        @Override
        public String label() {
            return Math.round(perSecond) + "/s";
        }

        @Override
        public LoadShape lasting(Duration other) {
            return new OpenLoop(perSecond, connections, other);
        }

        long total() {
            return Math.round(perSecond * time.toNanos() / 1e9);
        }

        /** Returns the time from the start at which a request is due, in nanoseconds. */
        long dueNanos(long number) {
            return Math.round(number * 1e9 / perSecond);
        }
    }
}
