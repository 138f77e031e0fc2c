package io.turnlane.gateway.quarantine;

import io.turnlane.gateway.deliver.KafkaConsumers;
import io.turnlane.gateway.quarantine.KafkaReaders.Range;
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

    private final KafkaReaders readers;
    private final WireFormat wire;
    private final String topic;

    KafkaQuarantineLog(KafkaConsumers consumers, WireFormat wire, Topics topics) {
        this.readers = new KafkaReaders(consumers, "quarantine-reader");
        this.wire = wire;
        this.topic = topics.quarantine();
    }

    private record Found(Quarantined quarantined, KafkaWindow window, long offset) {

        static final Comparator<Found> NEWEST_FIRST = Comparator.comparing(
                        (Found found) -> found.quarantined().at())
                .thenComparingInt(found -> found.window().partition().partition())
                .thenComparingLong(Found::offset)
                .reversed();
    }

    @Override
    public Page page(@Nullable QuarantineCursor before, int limit) {
        return readers.borrow(consumer -> page(consumer, before, limit));
    }

    private Page page(Consumer<String, byte[]> consumer, @Nullable QuarantineCursor before, int limit) {
        Map<TopicPartition, KafkaWindow> windows = windows(consumer, before, limit);
        Map<TopicPartition, Range> ranges = new HashMap<>();
        windows.forEach((partition, window) -> ranges.put(partition, window.range()));
        List<Found> below = new ArrayList<>();
        Set<String> shown = new HashSet<>();
        KafkaReaders.read(
                consumer,
                ranges,
                record -> read(record, SHOWN_IN_LIST).ifPresent(quarantined -> {
                    KafkaWindow window = Objects.requireNonNull(windows.get(partitionOf(record)));
                    if (window.holds(record.offset())) {
                        below.add(new Found(quarantined, window, record.offset()));
                    } else {
                        shown.add(quarantined.turn().id());
                    }
                }));
        below.sort(Found.NEWEST_FIRST);
        return new Page(newest(below, shown, windows.values(), limit), next(windows.values()));
    }

    private Map<TopicPartition, KafkaWindow> windows(
            Consumer<String, byte[]> consumer, @Nullable QuarantineCursor before, int limit) {
        List<TopicPartition> partitions = partitions(consumer);
        consumer.assign(partitions); // the client warns of figures of partitions that it doesn't have
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, KafkaWindow> windows = new HashMap<>();
        for (TopicPartition partition : partitions) {
            long end = ends.getOrDefault(partition, 0L);
            long upper = before == null ? end : before.before().getOrDefault(partition.partition(), end);
            windows.put(partition, new KafkaWindow(partition, begins.getOrDefault(partition, 0L), end, upper, limit));
        }
        return windows;
    }

    /** Until there are enough, or a window is used up below which there is more to read. */
    private static List<Quarantined> newest(
            List<Found> newestFirst, Set<String> shown, Collection<KafkaWindow> windows, int limit) {
        List<Quarantined> page = new ArrayList<>();
        for (Found found : newestFirst) {
            if (page.size() == limit || windows.stream().anyMatch(KafkaWindow::blind)) {
                break;
            }
            found.window().passed(found.offset());
            if (shown.add(found.quarantined().turn().id())) {
                page.add(found.quarantined());
            }
        }
        return page;
    }

    private static @Nullable QuarantineCursor next(Collection<KafkaWindow> windows) {
        return windows.stream().anyMatch(KafkaWindow::more)
                ? new QuarantineCursor(windows.stream()
                        .collect(Collectors.toMap(window -> window.partition().partition(), KafkaWindow::next)))
                : null;
    }

    @Override
    public Optional<Quarantined> find(String id) {
        return readers.borrow(consumer -> find(consumer, id));
    }

    private Optional<Quarantined> find(Consumer<String, byte[]> consumer, String id) {
        TopicPartition partition = partitionOf(id, partitions(consumer));
        List<TopicPartition> one = List.of(partition);
        consumer.assign(one);
        long begin = consumer.beginningOffsets(one).getOrDefault(partition, 0L);
        long to = consumer.endOffsets(one).getOrDefault(partition, 0L);
        while (to > begin) {
            Range range = new Range(Math.max(begin, to - STRIDE), to);
            List<ConsumerRecord<String, byte[]>> matches = new ArrayList<>();
            KafkaReaders.read(consumer, Map.of(partition, range), record -> {
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

    private Optional<Quarantined> read(ConsumerRecord<String, byte[]> record, int shown) {
        List<Header> headers = new ArrayList<>();
        record.headers().forEach(header -> headers.add(new Header(header.key(), header.value())));
        try {
            QuarantinedTurn whole = QuarantinedTurn.read(record.value(), headers);
            byte[] value = whole.value();
            return Optional.of(new Quarantined(
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
        if (value == null || !WireFormat.readable(turn.header(RecordHeaders.SCHEMA_VERSION))) {
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
