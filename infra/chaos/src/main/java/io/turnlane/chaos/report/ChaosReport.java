package io.turnlane.chaos.report;

import io.turnlane.chaos.check.finding.Verdict;
import io.turnlane.chaos.history.LineFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Report on several runs.
 *
 * @param checker version of the checker's rules
 * @param runs regular runs
 * @param controls runs in which the processors broke a promise on purpose
 * @param failure cause for which the run stopped before its end; null if it reached its end
 */
public record ChaosReport(
        int checker,
        List<RunReport> runs,
        List<RunReport> controls,
        @Nullable String failure) {

    public ChaosReport {
        runs = List.copyOf(runs);
        controls = List.copyOf(controls);
    }

    /**
     * Creates the report on these runs, in their order.
     *
     * @param failure cause for which the run stopped before its end; null if it reached its end
     */
    public static ChaosReport of(List<RunReport> all, @Nullable Exception failure) {
        return new ChaosReport(
                Verdict.CHECKER,
                all.stream().filter(run -> run.run().control() == null).toList(),
                all.stream().filter(run -> run.run().control() != null).toList(),
                failure == null ? null : failure.toString());
    }

    /**
     * Returns true if the run reached its end, every regular run is clean, and every control caused a violation that
     * the checker found.
     */
    public boolean passed() {
        return failure == null
                && runs.stream().allMatch(RunReport::clean)
                && controls.stream().allMatch(RunReport::foundControl);
    }

    /** Returns the report for programs, with all statistics and all recorded violations. */
    public byte[] json() {
        return new LineFormat().writeValue(this);
    }
}
