package io.turnlane.store.accept;

import io.turnlane.store.limit.UsageBudget;
import java.time.Duration;

/**
 * Limits and retention times that apply when the gateway accepts a question.
 *
 * @param maxOpenTurns maximum number of open turns in one session; a policy can allow {@code extraOpenTurns} more,
 *     because it ends or merges earlier turns
 * @param resultRetention time for which a request record is kept
 * @param keyRetention time for which an Idempotency-Key refers to its request; at most {@code resultRetention}
 * @param sessionBudget maximum usage of a session
 */
public record AcceptRules(
        int maxOpenTurns, Duration resultRetention, Duration keyRetention, UsageBudget sessionBudget) {

    public AcceptRules {
        if (keyRetention.compareTo(resultRetention) > 0) {
            throw new IllegalArgumentException("the retention of an Idempotency-Key (" + keyRetention
                    + ") must not exceed the retention of results (" + resultRetention + ")");
        }
    }
}
