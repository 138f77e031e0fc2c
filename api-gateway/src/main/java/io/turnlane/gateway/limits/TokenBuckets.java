package io.turnlane.gateway.limits;

import java.time.Duration;

/** Buckets of tokens, one for each user and kind; each starts full and fills steadily. */
interface TokenBuckets {

    /**
     * Takes one.
     *
     * @param capacity how many the bucket holds and gets a minute
     */
    Taken take(String namespace, String kind, int capacity);

    /**
     * What came of it.
     *
     * @param ok whether there was one
     * @param left whole tokens that are left
     * @param next how long until there is one
     * @param full how long until the bucket is full
     */
    record Taken(boolean ok, long left, Duration next, Duration full) {}
}
