package io.turnlane.processor.replay;

import io.turnlane.model.Answer;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionKey;
import io.turnlane.model.Topics;
import io.turnlane.model.TurnError;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.replay.SessionPast.End;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Recorded turns in the topics: the question from {@code turns}, how it and its session's earlier turns ended from
 * {@code events}. Request ids are UUIDv7, so their time says where to begin to look. Each of the three readings is
 * bounded in records.
 */
public final class KafkaTurnArchive implements TurnArchive {

    /** From the making of a request id until the log has its question, be it by a client's retry. */
    private static final Duration LONGEST_WAY = Duration.ofHours(1);

    private final KafkaScan scan;
    private final Topics topics;
    private final WireFormat wire;
    private final int mostTurns;

    /** @param mostTurns of history a session */
    public KafkaTurnArchive(KafkaScan scan, Topics topics, WireFormat wire, int mostTurns) {
        this.scan = scan;
        this.topics = topics;
        this.wire = wire;
        this.mostTurns = mostTurns;
    }

    @Override
    public Optional<RecordedTurn> find(RequestId request, @Nullable SessionKey session) {
        List<TopicPartition> partitions = session == null
                ? scan.partitions(topics.turns())
                : List.of(scan.partitionOf(topics.turns(), session.toString()));
        for (TopicPartition partition : partitions) {
            Optional<ConsumerRecord<byte[], byte[]>> found = find(request, partition);
            if (found.isPresent()) {
                return found.flatMap(this::recorded);
            }
        }
        return Optional.empty();
    }

    private Optional<ConsumerRecord<byte[], byte[]>> find(RequestId request, TopicPartition partition) {
        KafkaStretch stretch = madeAt(request)
                .map(at -> scan.between(partition, at.minus(KafkaScan.CLOCKS_DIFFER), at.plus(LONGEST_WAY)))
                .orElseGet(() -> scan.whole(partition));
        return scan.first(stretch, record -> request.toString().equals(header(record, RecordHeaders.REQUEST_ID)));
    }

    /** When a UUIDv7 was made (RFC 9562: its first 48 bits are epoch ms); empty for another. */
    static Optional<Instant> madeAt(RequestId request) {
        return request.value().version() == 7
                ? Optional.of(Instant.ofEpochMilli(request.value().getMostSignificantBits() >>> 16))
                : Optional.empty();
    }

    private Optional<RecordedTurn> recorded(ConsumerRecord<byte[], byte[]> record) {
        if (!(command(record) instanceof Ask ask)) {
            return Optional.empty();
        }
        SessionPast past = past(record, ask);
        Map<RequestId, End> ends = ends(record.partition(), past, ask);
        SessionPast.Told before = past.before(ask.createdAt(), ends, mostTurns);
        End end = ends.get(ask.requestId());
        return Optional.of(new RecordedTurn(
                ask,
                record.value(),
                record.partition(),
                record.offset(),
                Instant.ofEpochMilli(record.timestamp()),
                before.turns(),
                before.lost(),
                end == null ? null : end.outcome()));
    }

    /** The session's commands before this record. */
    private SessionPast past(ConsumerRecord<byte[], byte[]> until, Ask ask) {
        byte[] key = ask.key().toString().getBytes(StandardCharsets.UTF_8);
        SessionPast past = new SessionPast();
        scan.each(scan.before(new TopicPartition(until.topic(), until.partition()), until.offset()), record -> {
            SessionCommand command = java.util.Arrays.equals(key, record.key()) ? command(record) : null;
            if (command != null) {
                past.add(command);
            }
        });
        return past;
    }

    /** How these turns ended; the events of a turn stand on the partition of its number. */
    private Map<RequestId, End> ends(int partition, SessionPast past, Ask ask) {
        Set<String> wanted = new HashSet<>();
        past.asks().forEach(earlier -> wanted.add(earlier.requestId().toString()));
        wanted.add(ask.requestId().toString());
        Instant first = past.asks().stream().findFirst().orElse(ask).createdAt();
        Map<RequestId, End> ends = new HashMap<>();
        TopicPartition events = new TopicPartition(topics.events(), partition);
        scan.each(scan.from(events, first.minus(KafkaScan.CLOCKS_DIFFER)), record -> {
            if (wanted.contains(String.valueOf(header(record, RecordHeaders.REQUEST_ID)))) {
                note(record, ends);
            }
        });
        return ends;
    }

    /** What an event says of an end. */
    private record Terminal(
            RequestId requestId,
            Instant at,
            @Nullable Answer answer,
            @Nullable TurnError error) {}

    /** The first end counts; a twin says the same. */
    private void note(ConsumerRecord<byte[], byte[]> record, Map<RequestId, End> ends) {
        String type = String.valueOf(header(record, RecordHeaders.TYPE));
        if (type.equals("completed") || type.equals("failed")) {
            try {
                Terminal end = wire.read(record.value(), Terminal.class);
                ends.putIfAbsent(end.requestId(), new End(new Outcome(end.answer(), end.error()), end.at()));
            } catch (UnreadableRecordException | IllegalArgumentException e) {
                return; // as good as gone, which is told
            }
        }
    }

    private @Nullable SessionCommand command(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        if (value == null || !WireFormat.readable(header(record, RecordHeaders.SCHEMA_VERSION))) {
            return null;
        }
        try {
            return wire.readCommand(header(record, RecordHeaders.TYPE), value);
        } catch (UnreadableRecordException e) {
            return null;
        }
    }

    private static @Nullable String header(ConsumerRecord<?, ?> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
