package io.turnlane.processor.replay;

import io.turnlane.log.LogRange;
import io.turnlane.model.WireFormat;
import io.turnlane.model.topic.Topics;
import io.turnlane.processor.past.KafkaLogPass;
import io.turnlane.processor.past.KafkaRecordDispatcher;
import io.turnlane.processor.replay.RecordedTurns.Choice;
import io.turnlane.processor.replay.RecordedTurns.HistoryLimits;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * Reads recorded turns in passes over the log. Thread-safe: each pass has its own consumer, which has no group and
 * commits nothing.
 *
 * @param consumers creates a consumer without a group
 * @param limits limits on the sessions that a pass keeps
 * @param slack maximum difference between the clocks of gateways and processors
 */
public record KafkaTurnLog(
        Supplier<? extends Consumer<byte[], byte[]>> consumers,
        Topics topics,
        WireFormat wire,
        HistoryLimits limits,
        Duration slack) {

    /** Creates a log. The sessions of a pass may take {@code bytes} of the heap. */
    public KafkaTurnLog(
            Supplier<? extends Consumer<byte[], byte[]>> consumers,
            Topics topics,
            WireFormat wire,
            int turns,
            long bytes,
            Duration slack) {
        this(consumers, topics, wire, new HistoryLimits(turns, Integer.MAX_VALUE, bytes), slack);
    }

    /**
     * Reads turns of one partition.
     *
     * @param turns range of the turns topic
     * @param events range of the events topic, in the partition with the same number
     * @param receiver receives each selected turn that has ended
     * @param proceed called repeatedly; the pass stops if it returns false
     * @return the sessions when the pass stopped
     */
    RecordedTurns read(
            LogRange turns,
            LogRange events,
            Choice choice,
            java.util.function.Consumer<RecordedTurn> receiver,
            Predicate<RecordedTurns> proceed) {
        int partition = turns.partition().partition();
        RecordedTurns recorded = new RecordedTurns(partition, limits, choice, receiver);
        Consumer<byte[], byte[]> consumer = consumers.get();
        try {
            KafkaLogPass pass = new KafkaLogPass(
                            consumer, topics, partition, slack, new KafkaRecordDispatcher(recorded, wire))
                    .seekTo(turns, events);
            var _ = pass.run(() -> proceed.test(recorded) && !(pass.hasReadAllTurns() && recorded.waiting() == 0));
            return recorded;
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
        }
    }
}
