package io.turnlane.chaos.history;

import org.jspecify.annotations.Nullable;

/**
 * What a run was: {@code run.json}, written when it begins.
 *
 * @param scenario its name, as {@code processor-kill}
 * @param seed of the schedule of faults and of the load
 * @param commit of the code
 * @param machine cores, memory and system in words
 * @param startedEpochMicros the driver's time 0, in microseconds since 1970
 * @param historyTurns how many turns memory may hold of a session
 * @param settleSeconds how long after the last heal work may still be open (I8)
 * @param control what was switched off on purpose: {@code dedupe}, {@code order}, {@code fence}; null in an honest run
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
            throw new IllegalArgumentException("history_turns and settle_seconds are above 0");
        }
    }
}
