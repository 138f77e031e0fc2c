package io.turnlane.processor.replay;

import io.turnlane.log.HeaderText;
import io.turnlane.log.LogRange;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.replay.RecordedTurns.Choice;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Finds single recorded turns in Kafka. Request ids are normally UUIDs of version 7, which contain their creation time.
 * The archive searches for such a question only among the records of the first hour after this time. {@link KafkaScan}
 * limits the number of records that each search reads.
 */
public record KafkaTurnArchive(KafkaScan scan, KafkaTurnLog log) {

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
                return found.flatMap(record -> recorded(request, record));
            }
        }
        return Optional.empty();
    }

    /**
     * Returns all partitions, that of the session key first. The key can be wrong, because the caller possibly does not
     * know the session's user.
     */
    private List<TopicPartition> inSearchOrder(@Nullable SessionKey session) {
        String turns = log.topics().turns();
        List<TopicPartition> all = new ArrayList<>(scan.partitions(turns));
        if (session != null) {
            TopicPartition likely = scan.partitionOf(turns, session.toString());
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

    /** Reads the session from its first command, as far as the search may read, to the end of the turn. */
    private Optional<RecordedTurn> recorded(RequestId request, ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return Optional.empty();
        }
        TopicPartition turns = new TopicPartition(record.topic(), record.partition());
        LogRange before = scan.before(turns, record.offset() + 1);
        ConsumerRecord<byte[], byte[]> first = scan.first(before, one -> Arrays.equals(record.key(), one.key()))
                .orElse(record);
        Instant eventsFrom = Instant.ofEpochMilli(first.timestamp()).minus(KafkaScan.MAX_CLOCK_DIFFERENCE);
        LogRange events = scan.from(new TopicPartition(log.topics().events(), record.partition()), eventsFrom);
        AtomicReference<@Nullable RecordedTurn> found = new AtomicReference<>();
        SessionKey session = SessionKey.parse(new String(record.key(), StandardCharsets.UTF_8));
        RecordedTurns read = log.read(
                new LogRange(turns, first.offset(), record.offset() + 1),
                events,
                new OneTurn(session, request),
                found::set,
                _ -> found.get() == null);
        return Optional.ofNullable(found.get()).or(() -> read.unended(session, request));
    }

    private record OneTurn(SessionKey session, RequestId request) implements Choice {

        @Override
        public boolean wants(SessionKey other) {
            return session.equals(other);
        }

        @Override
        public boolean wants(Ask ask, Instant loggedAt) {
            return request.equals(ask.requestId());
        }

        @Override
        public boolean wants(RequestStatus end) {
            return true;
        }
    }
}
