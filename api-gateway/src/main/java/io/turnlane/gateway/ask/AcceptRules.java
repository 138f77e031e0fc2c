package io.turnlane.gateway.ask;

import java.time.Duration;

/**
 * What accepting keeps to.
 *
 * @param maxOpenTurns turns of one session that may be open
 * @param resultRetention how long a request's record lives
 * @param keyRetention how long an Idempotency-Key stands for its request; no longer than the record that it leads to
 */
public record AcceptRules(int maxOpenTurns, Duration resultRetention, Duration keyRetention) {

    public AcceptRules {
        if (keyRetention.compareTo(resultRetention) > 0) {
            throw new IllegalArgumentException("an Idempotency-Key may not be kept for longer (" + keyRetention
                    + ") than the results that it leads to (" + resultRetention + ")");
        }
    }
}
