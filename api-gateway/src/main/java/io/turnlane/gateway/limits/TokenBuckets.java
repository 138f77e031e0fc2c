package io.turnlane.gateway.limits;

import java.time.Duration;

/** Token buckets, one for each user and kind. A bucket starts full and is filled at a constant rate. */
interface TokenBuckets {

    /**
     * Takes a token if there is one.
     *
     * @param capacity capacity of the bucket, and number of tokens added per minute
     */
    TokenResult takeToken(String namespace, String kind, int capacity);

    /**
     * Result of taking a token.
     *
     * @param granted true if there was a token
     * @param remaining number of whole tokens left
     * @param untilNextToken time until there is a whole token
     * @param untilFull time until the bucket is full
     */
    record TokenResult(boolean granted, long remaining, Duration untilNextToken, Duration untilFull) {}
}
