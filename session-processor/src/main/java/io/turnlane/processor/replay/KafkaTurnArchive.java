package io.turnlane.processor.replay;

import io.turnlane.model.PastTurn;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionCommand.RebuildSession;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionKey;
import io.turnlane.model.Topics;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.memory.EndedTurn;
import io.turnlane.processor.past.CommandPosition;
import io.turnlane.processor.past.SessionReconstruction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
        PartitionRange stretch = madeAt(request)
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
        Collection<LoggedCommand> earlier = earlier(record, ask);
        Map<RequestId, TurnEvent> ends = ends(record.partition(), earlier, ask);
        CommandPosition place = place(record);
        SessionReconstruction.ReconstructedMemory told =
                past(ask.key(), earlier, ends).memoryBefore(place.loggedAt());
        return Optional.of(new RecordedTurn(
                ask,
                record.value(),
                record.partition(),
                place.offset(),
                place.loggedAt(),
                remembered(told),
                told.unknownTurns(),
                outcome(ends.get(ask.requestId()))));
    }

    /** As many of the newest as memory keeps. */
    private List<PastTurn> remembered(SessionReconstruction.ReconstructedMemory told) {
        List<PastTurn> all = new ArrayList<>(told.initialTurns());
        told.turns().stream()
                .filter(EndedTurn::isCompleted)
                .map(EndedTurn::toPastTurn)
                .forEach(all::add);
        return all.subList(Math.max(0, all.size() - mostTurns), all.size());
    }

    /** One command of the session, and where it stands. */
    private record LoggedCommand(SessionCommand command, CommandPosition place) {}

    /** The session's commands before this record, each once. */
    private Collection<LoggedCommand> earlier(ConsumerRecord<byte[], byte[]> until, Ask ask) {
        byte[] key = ask.key().toString().getBytes(StandardCharsets.UTF_8);
        Map<RequestId, LoggedCommand> earlier = new LinkedHashMap<>();
        scan.each(scan.before(new TopicPartition(until.topic(), until.partition()), until.offset()), record -> {
            SessionCommand command = Arrays.equals(key, record.key()) ? command(record) : null;
            if (command != null) {
                earlier.putIfAbsent(command.requestId(), new LoggedCommand(command, place(record)));
            }
        });
        return earlier.values();
    }

    /** How these turns ended, the first end of each; the events of a turn stand on the partition of its number. */
    private Map<RequestId, TurnEvent> ends(int partition, Collection<LoggedCommand> earlier, Ask ask) {
        Set<String> wanted = new HashSet<>();
        earlier.forEach(logged -> wanted.add(logged.command().requestId().toString()));
        wanted.add(ask.requestId().toString());
        Instant first = sinceDeletion(earlier).orElse(ask.createdAt());
        Map<RequestId, TurnEvent> ends = new HashMap<>();
        TopicPartition events = new TopicPartition(topics.events(), partition);
        scan.each(scan.from(events, first.minus(KafkaScan.CLOCKS_DIFFER)), record -> {
            if (wanted.contains(String.valueOf(header(record, RecordHeaders.REQUEST_ID)))) {
                end(record).ifPresent(end -> ends.putIfAbsent(end.requestId(), end));
            }
        });
        return ends;
    }

    /** When the first command was made that no deletion followed: ends of others aren't needed. */
    private static Optional<Instant> sinceDeletion(Collection<LoggedCommand> earlier) {
        Optional<Instant> first = Optional.empty();
        for (LoggedCommand logged : earlier) {
            SessionCommand command = logged.command();
            first = command instanceof DeleteSession
                    ? Optional.empty()
                    : first.or(() -> Optional.of(command.createdAt()));
        }
        return first;
    }

    /** What can't be read is as good as gone, which is told. */
    private Optional<TurnEvent> end(ConsumerRecord<byte[], byte[]> record) {
        String type = String.valueOf(header(record, RecordHeaders.TYPE));
        try {
            return RequestStatus.isTerminalType(type)
                    ? Optional.of(wire.readTerminalEvent(record.value()))
                    : Optional.empty();
        } catch (UnreadableRecordException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Nothing of it is delivered again: whatever was before the turn is done. */
    private SessionReconstruction past(
            SessionKey session, Collection<LoggedCommand> earlier, Map<RequestId, TurnEvent> ends) {
        SessionReconstruction past = new SessionReconstruction(session, mostTurns, _ -> true);
        for (LoggedCommand logged : earlier) {
            switch (logged.command()) {
                case Ask ask -> {
                    past.asked(ask, logged.place(), 0);
                    Optional.ofNullable(ends.get(ask.requestId())).ifPresent(end -> past.ended(end, 0));
                }
                case DeleteSession _ -> past.deleted(logged.place());
                case RebuildSession _ -> {} // memory was to be as it had been
                case SessionChange change -> past.edited(change, logged.place(), 0);
            }
        }
        return past;
    }

    private static @Nullable TurnOutcome outcome(@Nullable TurnEvent end) {
        return switch (end == null ? null : end.body()) {
            case TurnEvent.Completed completed -> new TurnOutcome(completed.answer(), null);
            case TurnEvent.Failed failed -> new TurnOutcome(null, failed.error());
            case null, default -> null;
        };
    }

    private static CommandPosition place(ConsumerRecord<byte[], byte[]> record) {
        return new CommandPosition(record.offset(), Instant.ofEpochMilli(record.timestamp()), null);
    }

    private @Nullable SessionCommand command(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        if (value == null || !WireFormat.isReadable(header(record, RecordHeaders.SCHEMA_VERSION))) {
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
