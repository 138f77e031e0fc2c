package io.turnlane.store.limit;

import java.time.Duration;

/** Token buckets, one for each user and kind. A bucket is full at first and is refilled at a constant rate. */
public interface TokenBuckets {

    /**
     * Takes a token if the bucket has at least one.
     *
     * @param capacity capacity of the bucket, and number of tokens added per minute
     */
    TokenResult takeToken(String namespace, String kind, int capacity);

    /**
     * Result of taking a token.
     *
     * @param remaining number of whole tokens left
     * @param untilNextToken time until the bucket has a whole token
     * @param untilFull time until the bucket is full
     */
    record TokenResult(boolean granted, long remaining, Duration untilNextToken, Duration untilFull) {}
}
