package io.turnlane.standalone.replay;

import io.turnlane.model.Usage;
import io.turnlane.processor.replay.ComparedTurn;
import io.turnlane.processor.replay.compare.Differences;
import io.turnlane.processor.replay.compare.TurnOutcome;
import io.turnlane.standalone.replay.ReplaySummary.LaneFigures;
import io.turnlane.standalone.replay.ReplaySummary.Similarities;
import io.turnlane.standalone.replay.ReplaySummary.SkippedTurns;
import io.turnlane.standalone.replay.ReplaySummary.TurnCounts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Sums up the results of a replay, one after another. Keeps the positions of the worst turns. For use by one thread.
 */
final class SummaryBuilder {

    private final ReplayRun run;
    private final List<Gate> gates;
    private final long[] gateTurns;
    private final int maxWorst;
    private final PriorityQueue<WorstTurn> worst = new PriorityQueue<>(Comparator.comparingDouble(WorstTurn::severity)
            .thenComparing(Comparator.comparingLong(WorstTurn::offset).reversed()));
    private final Set<String> sessions = new HashSet<>();
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private final SimilaritySums similarity = new SimilaritySums();
    private final SimilaritySums baselineSimilarity = new SimilaritySums();
    private final LaneSums recorded = new LaneSums();
    private final LaneSums baseline = new LaneSums();
    private final LaneSums replayed = new LaneSums();

    /** Position of a turn in the file of results. */
    record WorstTurn(double severity, long offset, int length) {}

    /** @param maxWorst maximum number of turns that the report shows */
    SummaryBuilder(ReplayRun run, List<Gate> gates, int maxWorst) {
        this.run = run;
        this.gates = List.copyOf(gates);
        this.gateTurns = new long[gates.size()];
        this.maxWorst = maxWorst;
    }

    void add(ComparedTurn turn, long offset, int length) {
        var _ = sessions.add((turn.userId() == null ? "" : turn.userId()) + "\0" + turn.sessionId());
        count(turn);
        similarity.add(turn.differences().similarity());
        recorded.add(turn.recorded());
        replayed.add(turn.replayed());
        TurnOutcome ofBaseline = turn.baseline();
        Differences differences = turn.baselineDifferences();
        if (ofBaseline != null && differences != null) {
            baseline.add(ofBaseline);
            baselineSimilarity.add(differences.similarity());
        }
        for (int i = 0; i < gateTurns.length; i++) {
            gateTurns[i] += gates.get(i).matches(turn) ? 1 : 0;
        }
        worst.add(new WorstTurn(turn.severity(), offset, length));
        if (worst.size() > maxWorst) {
            worst.remove();
        }
    }

    private void count(ComparedTurn turn) {
        Differences differences = turn.differences();
        count("compared", true);
        count("exact", differences.exact());
        count("normalised", differences.normalised());
        count("noise", !differences.exact() && turn.withinNoise());
        count("sources", differences.sources() < 1);
        count("artifacts", !differences.sameArtifacts());
        count("tools", !differences.sameTools());
        count(Differences.NEW_ERROR, differences.error().equals(Differences.NEW_ERROR));
        count(Differences.GONE_ERROR, differences.error().equals(Differences.GONE_ERROR));
        count(Differences.CHANGED_ERROR, differences.error().equals(Differences.CHANGED_ERROR));
        count("incomplete", turn.missingTurns() > 0);
    }

    private void count(String what, boolean counts) {
        this.counts.merge(what, counts ? 1L : 0L, Long::sum);
    }

    private long counted(String what) {
        return counts.getOrDefault(what, 0L);
    }

    /** Returns the positions of the worst turns that differ, the worst first. */
    List<WorstTurn> worst() {
        return worst.stream()
                .filter(turn -> turn.severity() > 0)
                .sorted(Comparator.comparingDouble(WorstTurn::severity)
                        .reversed()
                        .thenComparingLong(WorstTurn::offset))
                .toList();
    }

    ReplaySummary build(boolean complete, SkippedTurns skipped) {
        long compared = counted("compared");
        Map<String, LaneFigures> lanes = new LinkedHashMap<>();
        lanes.put("recorded", recorded.figures());
        if (run.baseline()) {
            lanes.put("baseline", baseline.figures());
        }
        lanes.put("replayed", replayed.figures());
        List<Gate.GateResult> results = new ArrayList<>();
        for (int i = 0; i < gateTurns.length; i++) {
            results.add(gates.get(i).evaluate(gateTurns[i], compared));
        }
        return new ReplaySummary(
                run,
                complete,
                turnCounts(compared),
                skipped,
                similarity.figures(),
                run.baseline() ? baselineSimilarity.figures() : null,
                lanes,
                results);
    }

    private TurnCounts turnCounts(long compared) {
        return new TurnCounts(
                compared,
                sessions.size(),
                counted("exact"),
                counted("normalised"),
                compared - counted("exact"),
                counted("noise"),
                counted("sources"),
                counted("artifacts"),
                counted("tools"),
                counted(Differences.NEW_ERROR),
                counted(Differences.GONE_ERROR),
                counted(Differences.CHANGED_ERROR),
                counted("incomplete"));
    }

    /** Similarities in steps of a thousandth. */
    private static final class SimilaritySums {

        private static final int STEPS = 1_000;
        private static final int RANGES = 20;

        private final long[] counts = new long[STEPS + 1];
        private double sum;

        void add(@Nullable Double value) {
            if (value != null) {
                double share = Math.clamp(value, 0.0, 1.0);
                counts[(int) Math.round(share * STEPS)]++;
                sum += share;
            }
        }

        Similarities figures() {
            long total = LongStream.of(counts).sum();
            long[] ranges = new long[RANGES];
            for (int step = 0; step <= STEPS; step++) {
                ranges[Math.min(RANGES - 1, step * RANGES / STEPS)] += counts[step];
            }
            return new Similarities(
                    total,
                    total == 0 ? 0 : sum / total,
                    percentile(total, 0.05),
                    percentile(total, 0.5),
                    LongStream.of(ranges).boxed().toList());
        }

        private double percentile(long total, double share) {
            long wanted = Math.max(1, (long) Math.ceil(share * total));
            long seen = 0;
            for (int step = 0; step <= STEPS; step++) {
                seen += counts[step];
                if (seen >= wanted) {
                    return (double) step / STEPS;
                }
            }
            return 0;
        }
    }

    private static final class LaneSums {

        private final LogHistogram latencies = new LogHistogram();
        private long tokens;
        private long billionths;
        private boolean hasCost;
        private long errors;

        void add(TurnOutcome outcome) {
            Long latency = outcome.latencyMs();
            if (latency != null) {
                latencies.add(latency);
            }
            Usage usage = outcome.usage();
            tokens += usage.tokens();
            billionths += usage.costInBillionths();
            hasCost |= usage.cost() != null;
            errors += outcome.error() == null ? 0 : 1;
        }

        LaneFigures figures() {
            return new LaneFigures(
                    latencies.latencies(), tokens, hasCost ? (Double) Usage.costOf(billionths) : null, errors);
        }
    }
}
