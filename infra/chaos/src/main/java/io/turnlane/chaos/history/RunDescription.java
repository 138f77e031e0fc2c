package io.turnlane.chaos.history;

import org.jspecify.annotations.Nullable;

/**
 * Description of a run, stored as {@code run.json} when the run begins.
 *
 * @param scenario name of the scenario, as {@code F1}
 * @param seed seed of the fault schedule and of the load
 * @param commit commit of the code under test
 * @param machine cores, operating system and Java version
 * @param startedEpochMicros time 0 of the driver's clock, in microseconds since 1970
 * @param historyTurns maximum number of turns that memory holds for a session
 * @param settleSeconds time limit for all work to end after the last fault is healed (I8)
 * @param control promise that was switched off on purpose: {@code dedupe}, {@code order} or {@code fence}; null in a
 *     regular run
 */
public record RunDescription(
        String scenario,
        long seed,
        String commit,
        String machine,
        long startedEpochMicros,
        int historyTurns,
        double settleSeconds,
        @Nullable String control) {

    public RunDescription {
        if (historyTurns < 1 || !(settleSeconds > 0)) {
            throw new IllegalArgumentException("history_turns and settle_seconds must be greater than 0");
        }
    }
}
