package io.turnlane.gateway.operations.quarantine;

import io.turnlane.gateway.kafka.KafkaConsumerPool;
import io.turnlane.log.KafkaLogConsumerFactory;
import io.turnlane.log.LogPartitions;
import io.turnlane.log.LogRange;
import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.QuarantinedTurn.Header;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.model.topic.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Reads the quarantine topic, newest records first. For each partition, reads a window: a range of offsets below the
 * cursor. Then merges the records of all windows by time.
 *
 * <p>The topic can contain duplicates: if a processor crashes directly after it has written a record, the next owner
 * writes the record again. Duplicates have the same key. They are therefore in the same partition, at offsets close to
 * each other. Each page also reads the records directly above its windows, so that it can omit their duplicates.
 *
 * <p>Safe for use by multiple threads. Each method blocks for at most a few seconds. It throws a
 * {@link io.turnlane.gateway.problem.ProblemDetailException} if Kafka is unavailable, or if too many requests read at
 * once.
 */
@Component
final class KafkaQuarantineLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaQuarantineLog.class);

    /** Number of offsets that each step of a search for one record reads. */
    private static final int SEARCH_STEP = 1_000;

    /** In a list, a record's value that is not a valid question is truncated to this number of bytes. */
    private static final int MAX_BYTES_IN_LIST = 1024;

    /**
     * In the response for a single record, a value that is not a valid question is truncated to this number of bytes.
     */
    private static final int MAX_BYTES = 64 * 1024;

    private final KafkaConsumerPool pool;
    private final WireFormat wire;
    private final String topic;

    KafkaQuarantineLog(KafkaLogConsumerFactory consumers, WireFormat wire, Topics topics) {
        this.pool = new KafkaConsumerPool(consumers, "quarantine-reader");
        this.wire = wire;
        this.topic = topics.quarantine();
    }

    private record Found(QuarantineRecord quarantined, KafkaPartitionWindow window, long offset) {

        static final Comparator<Found> NEWEST_FIRST = Comparator.comparing(
                        (Found found) -> found.quarantined().quarantinedAt())
                .thenComparingInt(found -> found.window().partition().partition())
                .thenComparingLong(Found::offset)
                .reversed();
    }

    /** @param next cursor of the next page; null if no records are left */
    record QuarantinePage(
            List<QuarantineRecord> turns, @Nullable QuarantineCursor next) {}

    /**
     * Returns a page of turns, newest first. Duplicates of a turn appear once.
     *
     * @param before cursor at the end of an earlier page; null for the first page
     * @param limit maximum number of turns; a page can have fewer turns although more pages follow
     */
    QuarantinePage page(@Nullable QuarantineCursor before, int limit) {
        return pool.withConsumer(consumer -> page(consumer, before, limit));
    }

    private QuarantinePage page(Consumer<String, byte[]> consumer, @Nullable QuarantineCursor before, int limit) {
        Map<TopicPartition, KafkaPartitionWindow> windows = windows(consumer, before, limit);
        List<LogRange> ranges =
                windows.values().stream().map(KafkaPartitionWindow::range).toList();
        List<Found> below = new ArrayList<>();
        Set<String> shown = new HashSet<>();
        LogRange.read(consumer, ranges, KafkaConsumerPool.TIMEOUT, record -> {
            read(record, MAX_BYTES_IN_LIST).ifPresent(quarantined -> {
                KafkaPartitionWindow window = Objects.requireNonNull(windows.get(partitionOf(record)));
                if (window.addRecord(record.offset())) {
                    below.add(new Found(quarantined, window, record.offset()));
                } else {
                    shown.add(quarantined.turn().id());
                }
            });
            return true;
        });
        below.sort(Found.NEWEST_FIRST);
        return new QuarantinePage(newest(below, shown, windows.values(), limit), next(windows.values()));
    }

    private Map<TopicPartition, KafkaPartitionWindow> windows(
            Consumer<String, byte[]> consumer, @Nullable QuarantineCursor before, int limit) {
        Map<TopicPartition, KafkaPartitionWindow> windows = new HashMap<>();
        for (LogRange whole : LogRange.whole(consumer, LogPartitions.of(consumer, topic))) {
            int partition = whole.partition().partition();
            long upper = before == null ? whole.to() : before.before().getOrDefault(partition, whole.to());
            windows.put(whole.partition(), new KafkaPartitionWindow(whole, upper, limit));
        }
        return windows;
    }

    /**
     * Selects the newest records until the page is full or a window is {@linkplain KafkaPartitionWindow#isExhausted
     * exhausted}.
     */
    private static List<QuarantineRecord> newest(
            List<Found> newestFirst, Set<String> shown, Collection<KafkaPartitionWindow> windows, int limit) {
        List<QuarantineRecord> page = new ArrayList<>();
        for (Found found : newestFirst) {
            if (page.size() == limit || windows.stream().anyMatch(KafkaPartitionWindow::isExhausted)) {
                break;
            }
            found.window().moveTo(found.offset());
            if (shown.add(found.quarantined().turn().id())) {
                page.add(found.quarantined());
            }
        }
        return page;
    }

    private static @Nullable QuarantineCursor next(Collection<KafkaPartitionWindow> windows) {
        return windows.stream().anyMatch(KafkaPartitionWindow::hasMore)
                ? new QuarantineCursor(windows.stream()
                        .collect(Collectors.toMap(
                                window -> window.partition().partition(), KafkaPartitionWindow::nextUpper)))
                : null;
    }

    /** Returns the newest record with this {@linkplain QuarantinedTurn#id id}. */
    Optional<QuarantineRecord> find(String id) {
        return pool.withConsumer(consumer -> find(consumer, id));
    }

    private Optional<QuarantineRecord> find(Consumer<String, byte[]> consumer, String id) {
        int partitions = LogPartitions.of(consumer, topic).size();
        TopicPartition partition = new TopicPartition(topic, LogPartitions.partitionOf(id, partitions));
        LogRange whole = LogRange.whole(consumer, List.of(partition)).getFirst();
        long to = whole.to();
        while (to > whole.from()) {
            LogRange range = new LogRange(partition, Math.max(whole.from(), to - SEARCH_STEP), to);
            List<ConsumerRecord<String, byte[]>> matches = new ArrayList<>();
            LogRange.read(consumer, List.of(range), KafkaConsumerPool.TIMEOUT, record -> {
                if (id.equals(record.key())) {
                    matches.add(record);
                }
                return true;
            });
            if (!matches.isEmpty()) {
                return read(matches.getLast(), MAX_BYTES);
            }
            to = range.from();
        }
        return Optional.empty();
    }

    private static TopicPartition partitionOf(ConsumerRecord<?, ?> record) {
        return new TopicPartition(record.topic(), record.partition());
    }

    private Optional<QuarantineRecord> read(ConsumerRecord<String, byte[]> record, int shown) {
        List<Header> headers = new ArrayList<>();
        record.headers().forEach(header -> headers.add(new Header(header.key(), header.value())));
        try {
            QuarantinedTurn full = QuarantinedTurn.read(record.value(), headers);
            byte[] value = full.value();
            return Optional.of(new QuarantineRecord(
                    truncate(full, shown),
                    value == null ? 0 : value.length,
                    ask(full),
                    Instant.ofEpochMilli(record.timestamp())));
        } catch (UnreadableRecordException e) {
            LOG.atWarn()
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("why", e.getMessage())
                    .log("unreadable record on the quarantine topic skipped");
            return Optional.empty();
        }
    }

    private static QuarantinedTurn truncate(QuarantinedTurn turn, int bytes) {
        byte[] value = turn.value();
        return value == null || value.length <= bytes
                ? turn
                : new QuarantinedTurn(
                        turn.key(),
                        Arrays.copyOf(value, bytes),
                        turn.headers(),
                        turn.error(),
                        turn.attempts(),
                        turn.origin());
    }

    /**
     * Returns the question if the record is a valid question; otherwise null. The key and the headers must match the
     * value.
     */
    private @Nullable Ask ask(QuarantinedTurn turn) {
        byte[] value = turn.value();
        if (value == null || !WireFormat.isReadable(turn.header(RecordHeaders.SCHEMA_VERSION))) {
            return null;
        }
        try {
            return wire.readCommand(turn.header(RecordHeaders.TYPE), value) instanceof Ask ask
                            && turn.requestId().filter(ask.requestId()::equals).isPresent()
                            && turn.session().filter(ask.key()::equals).isPresent()
                    ? ask
                    : null;
        } catch (UnreadableRecordException e) {
            return null;
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
