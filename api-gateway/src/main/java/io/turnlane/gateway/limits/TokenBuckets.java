package io.turnlane.gateway.limits;

import java.time.Duration;

/** Buckets of tokens, one for each user and kind; each starts full and fills steadily. */
interface TokenBuckets {

    /**
     * Takes one.
     *
     * @param capacity how many the bucket holds and gets a minute
     */
    TokenResult takeToken(String namespace, String kind, int capacity);

    /**
     * What came of it.
     *
     * @param granted whether there was one
     * @param remaining whole tokens that are left
     * @param untilNextToken how long until there is one
     * @param untilFull how long until the bucket is full
     */
    record TokenResult(boolean granted, long remaining, Duration untilNextToken, Duration untilFull) {}
}
