package io.turnlane.processor.replay;

import io.turnlane.log.LogRange;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.replay.RecordedTurns.Choice;
import io.turnlane.processor.replay.compare.TurnComparer;
import io.turnlane.processor.turn.TurnEngine.TurnRuntime;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * Runs the recorded turns of a range of time again and compares their ends. Reads each partition in one pass, which
 * reconstructs the sessions on the way, so that the heap holds only the current history of each session. Turns of
 * different sessions run at the same time, those of one session in order. Thread-safe.
 *
 * @param runtime clock and threads of the runs
 */
public record KafkaRangeReplay(
        KafkaScan scan, KafkaTurnLog log, TurnRerun rerun, TurnComparer comparer, TurnRuntime runtime) {

    /** Maximum number of partitions that are read at the same time. */
    public static final int READERS = 4;

    /**
     * Creates a run, which begins with {@link RangeRun#run}.
     *
     * @throws IllegalArgumentException if there is no agent with the candidate's name
     */
    public RangeRun prepare(ReplayOptions options, ReplayResults results) {
        String candidate = options.candidate();
        if (candidate != null && !rerun.has(candidate)) {
            throw new IllegalArgumentException("There is no agent with the name " + candidate + ".");
        }
        List<RangeRun.PartitionPass> passes = scan.partitions(log.topics().turns()).stream()
                .map(partition -> pass(partition, options))
                .toList();
        return new RangeRun(passes, new TurnTrial(rerun, comparer, options, results), runtime, options, results);
    }

    private RangeRun.PartitionPass pass(TopicPartition partition, ReplayOptions options) {
        TurnSelection selection = options.selection();
        Instant historyFrom = selection.from().minus(options.history());
        LogRange turns = scan.between(partition, historyFrom, selection.to());
        LogRange selected = scan.between(partition, selection.from(), selection.to());
        TopicPartition eventsPartition = new TopicPartition(log.topics().events(), partition.partition());
        LogRange events = scan.from(eventsPartition, historyFrom.minus(KafkaScan.MAX_CLOCK_DIFFERENCE));
        return new RangeRun.PartitionPass(
                selected.from(),
                selected.to(),
                (receiver, proceed) -> log.read(turns, events, new SelectedTurns(selection), receiver, proceed));
    }

    private record SelectedTurns(TurnSelection selection) implements Choice {

        @Override
        public boolean wants(SessionKey session) {
            return selection.matches(session);
        }

        @Override
        public boolean wants(Ask ask, Instant loggedAt) {
            return selection.matches(ask, loggedAt);
        }

        @Override
        public boolean wants(RequestStatus end) {
            return selection.matches(end);
        }
    }
}
