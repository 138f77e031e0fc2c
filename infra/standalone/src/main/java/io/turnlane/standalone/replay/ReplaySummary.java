package io.turnlane.standalone.replay;

import io.turnlane.standalone.replay.Gate.GateResult;
import io.turnlane.standalone.replay.LogHistogram.Latencies;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Summary of a replay, which is the content of {@code summary.json}.
 *
 * @param complete true if all selected turns have been compared; false if the replay was interrupted
 * @param skipped turns of the range that could not be compared
 * @param similarity similarity of the candidate's answers to the recorded ones
 * @param baselineSimilarity similarity of the baseline's answers to the recorded ones; null without a baseline
 * @param lanes figures of {@code recorded}, {@code baseline} and {@code replayed}
 */
record ReplaySummary(
        ReplayRun run,
        boolean complete,
        TurnCounts turns,
        SkippedTurns skipped,
        Similarities similarity,
        @Nullable Similarities baselineSimilarity,
        Map<String, LaneFigures> lanes,
        List<GateResult> gates) {

    /**
     * Numbers of turns.
     *
     * @param exact turns with the same end
     * @param normalised turns with the same end apart from white space, case and Markdown emphasis; includes
     *     {@code exact}
     * @param noise turns with another end, whose baseline differs at least as much
     * @param incompleteHistory turns whose history lacks earlier turns
     */
    record TurnCounts(
            long compared,
            long sessions,
            long exact,
            long normalised,
            long different,
            long noise,
            long otherSources,
            long otherArtifacts,
            long otherTools,
            long newErrors,
            long goneErrors,
            long changedErrors,
            long incompleteHistory) {}

    /**
     * Questions of the range that were not compared.
     *
     * @param otherEnds questions that ended without an answer or an error of an agent, for example because they were
     *     cancelled
     * @param withoutEnd questions whose end the log does not have
     * @param droppedSessions sessions whose history did not fit into the heap
     */
    record SkippedTurns(long otherEnds, long withoutEnd, long droppedSessions) {}

    /** @param histogram number of turns in each of 20 ranges of equal width, from 0 to 1 */
    record Similarities(long turns, double mean, double p5, double p50, List<Long> histogram) {}

    /** @param cost total cost; null if no turn has one */
    record LaneFigures(
            Latencies latencyMs, long tokens, @Nullable Double cost, long errors) {}

    boolean failed() {
        return gates.stream().anyMatch(GateResult::failed);
    }
}
