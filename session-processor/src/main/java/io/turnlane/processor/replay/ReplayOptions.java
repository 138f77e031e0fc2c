package io.turnlane.processor.replay;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Options of a replay of a range.
 *
 * @param candidate name of the agent that answers; null for the recorded agent of each turn
 * @param baseline true to also run the recorded agent again
 * @param chained true if the candidate's own answers are its memory; false for the recorded memory
 * @param history time before the range from which histories are read
 * @param perSecond maximum number of turns per second; infinite for no limit
 * @param parallel maximum number of turns that run at the same time
 */
public record ReplayOptions(
        TurnSelection selection,
        @Nullable String candidate,
        boolean baseline,
        boolean chained,
        Duration history,
        double perSecond,
        int parallel) {

    public ReplayOptions {
        if (!(perSecond > 0) || parallel < 1) {
            throw new IllegalArgumentException("the rate and the number of parallel turns must be positive");
        }
    }
}
