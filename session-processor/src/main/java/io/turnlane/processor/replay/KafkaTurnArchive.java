package io.turnlane.processor.replay;

import io.turnlane.log.HeaderText;
import io.turnlane.log.LogRange;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionCommand.RebuildSession;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.model.topic.Topics;
import io.turnlane.processor.past.CommandPosition;
import io.turnlane.processor.past.SessionReconstruction;
import io.turnlane.store.memory.EndedTurn;
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
 * Finds recorded turns in Kafka. Reads the question and the session's earlier commands from the turns topic, and their
 * terminal events from the events topic. Request ids are normally UUIDs of version 7, which contain their creation
 * time. The archive searches for such a question only among the records of the first hour after this time.
 * {@link KafkaScan} limits the number of records that each search reads.
 *
 * @param maxTurns maximum number of turns in a session's history
 */
public record KafkaTurnArchive(KafkaScan scan, Topics topics, WireFormat wire, int maxTurns) {

    /**
     * Maximum time between the creation of a request id and the publication of the question, including retries of the
     * client.
     */
    private static final Duration MAX_PUBLISH_DELAY = Duration.ofHours(1);

    /**
     * Searches for a turn.
     *
     * @param session probable session of the turn, whose partition is searched first; null if unknown
     * @return the turn; empty if the log doesn't hold the turn, or if the search doesn't find it within its limits
     */
    Optional<RecordedTurn> find(RequestId request, @Nullable SessionKey session) {
        for (TopicPartition partition : inSearchOrder(session)) {
            Optional<ConsumerRecord<byte[], byte[]>> found = find(request, partition);
            if (found.isPresent()) {
                return found.flatMap(this::recorded);
            }
        }
        return Optional.empty();
    }

    /**
     * Returns all partitions, that of the session key first. The key can be wrong, because the caller possibly does not
     * know the session's user.
     */
    private List<TopicPartition> inSearchOrder(@Nullable SessionKey session) {
        List<TopicPartition> all = new ArrayList<>(scan.partitions(topics.turns()));
        if (session != null) {
            TopicPartition likely = scan.partitionOf(topics.turns(), session.toString());
            all.remove(likely);
            all.addFirst(likely);
        }
        return all;
    }

    private Optional<ConsumerRecord<byte[], byte[]>> find(RequestId request, TopicPartition partition) {
        LogRange range = createdAt(request)
                .map(at ->
                        scan.between(partition, at.minus(KafkaScan.MAX_CLOCK_DIFFERENCE), at.plus(MAX_PUBLISH_DELAY)))
                .orElseGet(() -> scan.whole(partition));
        return scan.first(range, record -> request.toString().equals(HeaderText.get(record, RecordHeaders.REQUEST_ID)));
    }

    /**
     * Returns the creation time of a UUIDv7 (RFC 9562: its first 48 bits are epoch milliseconds); empty for other
     * versions.
     */
    static Optional<Instant> createdAt(RequestId request) {
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
        CommandPosition position = position(record);
        SessionReconstruction.ReconstructedMemory memory =
                reconstruct(ask.key(), earlier, ends).memoryBefore(position.loggedAt());
        return Optional.of(new RecordedTurn(
                ask,
                record.value(),
                record.partition(),
                position.offset(),
                position.loggedAt(),
                historyOf(memory),
                memory.states(),
                memory.unknownTurns(),
                outcome(ends.get(ask.requestId()))));
    }

    private List<PastTurn> historyOf(SessionReconstruction.ReconstructedMemory memory) {
        List<PastTurn> all = new ArrayList<>(memory.initialTurns());
        memory.turns().stream()
                .filter(EndedTurn::isCompleted)
                .map(EndedTurn::toPastTurn)
                .forEach(all::add);
        return all.subList(Math.max(0, all.size() - maxTurns), all.size());
    }

    private record LoggedCommand(SessionCommand command, CommandPosition position) {}

    private Collection<LoggedCommand> earlier(ConsumerRecord<byte[], byte[]> until, Ask ask) {
        byte[] key = ask.key().toString().getBytes(StandardCharsets.UTF_8);
        Map<RequestId, LoggedCommand> earlier = new LinkedHashMap<>();
        scan.each(scan.before(new TopicPartition(until.topic(), until.partition()), until.offset()), record -> {
            SessionCommand command = Arrays.equals(key, record.key()) ? command(record) : null;
            if (command != null) {
                earlier.putIfAbsent(command.requestId(), new LoggedCommand(command, position(record)));
            }
        });
        return earlier.values();
    }

    /**
     * Returns the terminal event of each earlier command and of the question, by request id. If the log has several
     * terminal events of a request, returns the first one. The events of a turn are in the partition of the events
     * topic that has the same number as the turn's partition.
     */
    private Map<RequestId, TurnEvent> ends(int partition, Collection<LoggedCommand> earlier, Ask ask) {
        Set<String> wanted = new HashSet<>();
        earlier.forEach(logged -> wanted.add(logged.command().requestId().toString()));
        wanted.add(ask.requestId().toString());
        Instant first = sinceDeletion(earlier).orElse(ask.createdAt());
        Map<RequestId, TurnEvent> ends = new HashMap<>();
        TopicPartition events = new TopicPartition(topics.events(), partition);
        scan.each(scan.from(events, first.minus(KafkaScan.MAX_CLOCK_DIFFERENCE)), record -> {
            if (wanted.contains(String.valueOf(HeaderText.get(record, RecordHeaders.REQUEST_ID)))) {
                end(record).ifPresent(end -> ends.putIfAbsent(end.requestId(), end));
            }
        });
        return ends;
    }

    /**
     * Returns the creation time of the first command after the session's last deletion. No turn before this time is
     * part of the history.
     */
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

    /**
     * Returns the terminal event in the record. Returns empty if the record contains another event or can't be read.
     */
    private Optional<TurnEvent> end(ConsumerRecord<byte[], byte[]> record) {
        String type = String.valueOf(HeaderText.get(record, RecordHeaders.TYPE));
        try {
            return RequestStatus.isTerminalType(type)
                    ? Optional.of(wire.readTerminalEvent(
                            record.value(),
                            HeaderText.get(record, RecordHeaders.AGENT_STATES),
                            HeaderText.get(record, RecordHeaders.TOOL_STEPS)))
                    : Optional.empty();
        } catch (UnreadableRecordException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Reconstructs the session as it was before the turn, when all earlier commands had been processed. */
    private SessionReconstruction reconstruct(
            SessionKey session, Collection<LoggedCommand> earlier, Map<RequestId, TurnEvent> ends) {
        SessionReconstruction reconstruction = new SessionReconstruction(session, maxTurns, _ -> true);
        for (LoggedCommand logged : earlier) {
            switch (logged.command()) {
                case Ask ask -> {
                    reconstruction.asked(ask, logged.position(), 0);
                    Optional.ofNullable(ends.get(ask.requestId())).ifPresent(end -> reconstruction.ended(end, 0));
                }
                case DeleteSession _ -> reconstruction.deleted(logged.position());
                case CancelTurn _, RebuildSession _ -> {} // do not change memory
                case SessionChange change -> reconstruction.edited(change, logged.position(), 0);
            }
        }
        return reconstruction;
    }

    private static @Nullable TurnOutcome outcome(@Nullable TurnEvent end) {
        return switch (end == null ? null : end.body()) {
            case TurnEvent.Completed completed -> new TurnOutcome(completed.answer(), null);
            case TurnEvent.Failed failed -> new TurnOutcome(null, failed.error());
            case null, default -> null;
        };
    }

    private static CommandPosition position(ConsumerRecord<byte[], byte[]> record) {
        return new CommandPosition(record.offset(), Instant.ofEpochMilli(record.timestamp()), null);
    }

    private @Nullable SessionCommand command(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        if (value == null || !WireFormat.isReadable(HeaderText.get(record, RecordHeaders.SCHEMA_VERSION))) {
            return null;
        }
        try {
            return wire.readCommand(HeaderText.get(record, RecordHeaders.TYPE), value);
        } catch (UnreadableRecordException e) {
            return null;
        }
    }
}
