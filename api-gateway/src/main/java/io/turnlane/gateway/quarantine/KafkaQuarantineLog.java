package io.turnlane.gateway.quarantine;

import io.turnlane.gateway.deliver.LogConsumerFactory;
import io.turnlane.gateway.quarantine.KafkaConsumerPool.OffsetRange;
import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.QuarantinedTurn.Header;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.Topics;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import java.nio.charset.StandardCharsets;
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
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The quarantine topic, read backwards: a window below each partition's last place is read forwards, and what it holds
 * is merged by time. Twins have one key and so one partition; they come from a crash between two steps and stand close
 * to each other, so a look at the records right above the window finds those that an earlier page has shown.
 */
@Component
final class KafkaQuarantineLog implements QuarantineLog, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaQuarantineLog.class);

    /** Records that a search for one turn reads at once. */
    private static final int STRIDE = 1_000;

    /** What a list shows of a value that is no question, and what one record's own page does. */
    private static final int SHOWN_IN_LIST = 1024;

    private static final int SHOWN = 64 * 1024;

    private final KafkaConsumerPool readers;
    private final WireFormat wire;
    private final String topic;

    KafkaQuarantineLog(LogConsumerFactory consumers, WireFormat wire, Topics topics) {
        this.readers = new KafkaConsumerPool(consumers, "quarantine-reader");
        this.wire = wire;
        this.topic = topics.quarantine();
    }

    private record Found(QuarantineRecord quarantined, PartitionWindow window, long offset) {

        static final Comparator<Found> NEWEST_FIRST = Comparator.comparing(
                        (Found found) -> found.quarantined().quarantinedAt())
                .thenComparingInt(found -> found.window().partition().partition())
                .thenComparingLong(Found::offset)
                .reversed();
    }

    @Override
    public QuarantinePage page(@Nullable QuarantineCursor before, int limit) {
        return readers.withConsumer(consumer -> page(consumer, before, limit));
    }

    private QuarantinePage page(Consumer<String, byte[]> consumer, @Nullable QuarantineCursor before, int limit) {
        Map<TopicPartition, PartitionWindow> windows = windows(consumer, before, limit);
        Map<TopicPartition, OffsetRange> ranges = new HashMap<>();
        windows.forEach((partition, window) -> ranges.put(partition, window.range()));
        List<Found> below = new ArrayList<>();
        Set<String> shown = new HashSet<>();
        KafkaConsumerPool.read(
                consumer,
                ranges,
                record -> read(record, SHOWN_IN_LIST).ifPresent(quarantined -> {
                    PartitionWindow window = Objects.requireNonNull(windows.get(partitionOf(record)));
                    if (window.addRecord(record.offset())) {
                        below.add(new Found(quarantined, window, record.offset()));
                    } else {
                        shown.add(quarantined.turn().id());
                    }
                }));
        below.sort(Found.NEWEST_FIRST);
        return new QuarantinePage(newest(below, shown, windows.values(), limit), next(windows.values()));
    }

    private Map<TopicPartition, PartitionWindow> windows(
            Consumer<String, byte[]> consumer, @Nullable QuarantineCursor before, int limit) {
        List<TopicPartition> partitions = partitions(consumer);
        consumer.assign(partitions); // the client warns of figures of partitions that it doesn't have
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, PartitionWindow> windows = new HashMap<>();
        for (TopicPartition partition : partitions) {
            long end = ends.getOrDefault(partition, 0L);
            long upper = before == null ? end : before.before().getOrDefault(partition.partition(), end);
            windows.put(
                    partition, new PartitionWindow(partition, begins.getOrDefault(partition, 0L), end, upper, limit));
        }
        return windows;
    }

    /** Until there are enough, or a window is used up below which there is more to read. */
    private static List<QuarantineRecord> newest(
            List<Found> newestFirst, Set<String> shown, Collection<PartitionWindow> windows, int limit) {
        List<QuarantineRecord> page = new ArrayList<>();
        for (Found found : newestFirst) {
            if (page.size() == limit || windows.stream().anyMatch(PartitionWindow::isExhausted)) {
                break;
            }
            found.window().moveTo(found.offset());
            if (shown.add(found.quarantined().turn().id())) {
                page.add(found.quarantined());
            }
        }
        return page;
    }

    private static @Nullable QuarantineCursor next(Collection<PartitionWindow> windows) {
        return windows.stream().anyMatch(PartitionWindow::hasMore)
                ? new QuarantineCursor(windows.stream()
                        .collect(
                                Collectors.toMap(window -> window.partition().partition(), PartitionWindow::nextUpper)))
                : null;
    }

    @Override
    public Optional<QuarantineRecord> find(String id) {
        return readers.withConsumer(consumer -> find(consumer, id));
    }

    private Optional<QuarantineRecord> find(Consumer<String, byte[]> consumer, String id) {
        TopicPartition partition = partitionOf(id, partitions(consumer));
        List<TopicPartition> one = List.of(partition);
        consumer.assign(one);
        long begin = consumer.beginningOffsets(one).getOrDefault(partition, 0L);
        long to = consumer.endOffsets(one).getOrDefault(partition, 0L);
        while (to > begin) {
            OffsetRange range = new OffsetRange(Math.max(begin, to - STRIDE), to);
            List<ConsumerRecord<String, byte[]>> matches = new ArrayList<>();
            KafkaConsumerPool.read(consumer, Map.of(partition, range), record -> {
                if (id.equals(record.key())) {
                    matches.add(record);
                }
            });
            if (!matches.isEmpty()) {
                return read(matches.getLast(), SHOWN);
            }
            to = range.from();
        }
        return Optional.empty();
    }

    private List<TopicPartition> partitions(Consumer<String, byte[]> consumer) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    private static TopicPartition partitionOf(ConsumerRecord<?, ?> record) {
        return new TopicPartition(record.topic(), record.partition());
    }

    /** As Kafka's default partitioner has it. */
    private static TopicPartition partitionOf(String id, List<TopicPartition> partitions) {
        int hash = Utils.toPositive(Utils.murmur2(id.getBytes(StandardCharsets.UTF_8)));
        return new TopicPartition(partitions.getFirst().topic(), hash % partitions.size());
    }

    private Optional<QuarantineRecord> read(ConsumerRecord<String, byte[]> record, int shown) {
        List<Header> headers = new ArrayList<>();
        record.headers().forEach(header -> headers.add(new Header(header.key(), header.value())));
        try {
            QuarantinedTurn whole = QuarantinedTurn.read(record.value(), headers);
            byte[] value = whole.value();
            return Optional.of(new QuarantineRecord(
                    cut(whole, shown),
                    value == null ? 0 : value.length,
                    ask(whole),
                    Instant.ofEpochMilli(record.timestamp())));
        } catch (UnreadableRecordException e) {
            LOG.atWarn()
                    .setMessage("record on the quarantine topic left out")
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("why", e.getMessage())
                    .log();
            return Optional.empty();
        }
    }

    private static QuarantinedTurn cut(QuarantinedTurn turn, int bytes) {
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

    /** The question, where key, headers and value agree that it is one. */
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
        readers.close();
    }
}
