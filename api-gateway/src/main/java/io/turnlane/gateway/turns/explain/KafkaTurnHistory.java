package io.turnlane.gateway.turns.explain;

import io.turnlane.gateway.kafka.KafkaConsumerPool;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.explain.TurnFacts.GatewayDelivery;
import io.turnlane.gateway.turns.explain.TurnFacts.LogFacts;
import io.turnlane.log.HeaderText;
import io.turnlane.log.KafkaLogConsumerFactory;
import io.turnlane.log.LogPartitions;
import io.turnlane.log.LogRange;
import io.turnlane.model.CalledModel;
import io.turnlane.model.DeliveryBatch;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.model.topic.Topics;
import io.turnlane.store.request.RequestRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Reads the records of one turn from the topics of turns, events and deliveries. Each read is bounded in records and
 * time.
 *
 * <p>Safe for use by multiple threads. Each method blocks for at most a few seconds.
 */
@Component
final class KafkaTurnHistory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaTurnHistory.class);

    /** Maximum difference between the clock of a gateway and the timestamps of records. */
    private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(2);

    /** Maximum time from the creation of a request id until its record was published, unless a client retried. */
    private static final Duration PUBLISH_TIME = Duration.ofSeconds(15);

    /** Time after its end in which a next owner can publish the terminal event of a turn again. */
    private static final Duration REPUBLISH_TIME = Duration.ofMinutes(1);

    /** Time after the end of a turn in which its deliveries are searched. */
    private static final Duration DELIVERY_TIME = Duration.ofMinutes(10);

    private static final Duration MAX_TIME = Duration.ofSeconds(5);
    private static final int MAX_RECORDS = 200_000;
    private static final int TIME_BASED = 7;

    private final KafkaConsumerPool pool;
    private final WireFormat wire;
    private final Topics topics;

    KafkaTurnHistory(KafkaLogConsumerFactory consumers, WireFormat wire, Topics topics) {
        this.pool = new KafkaConsumerPool(consumers, "turn-history");
        this.wire = wire;
        this.topics = topics;
    }

    /**
     * Returns the session of a request, which is found on the turns topic by the time that its id contains. Empty if
     * the topic has no such request, or if its id contains no time.
     *
     * @throws ProblemDetailException if Kafka is unavailable, or if too many calls read the log
     */
    Optional<SessionKey> sessionOf(RequestId request) {
        if (request.value().version() != TIME_BASED) {
            return Optional.empty();
        }
        Instant created = Instant.ofEpochMilli(request.value().getMostSignificantBits() >>> 16);
        return pool.withConsumer(consumer -> {
            AtomicReference<@Nullable String> key = new AtomicReference<>();
            Collection<TopicPartition> all = LogPartitions.of(consumer, topics.turns());
            new BoundedRead(consumer)
                    .run(
                            between(consumer, all, created.minus(CLOCK_DIFFERENCE), created.plus(PUBLISH_TIME)),
                            record -> {
                                if (isOf(record, request)) {
                                    key.set(record.key());
                                }
                                return key.get() == null;
                            });
            return Optional.ofNullable(key.get()).map(SessionKey::parse);
        });
    }

    /** Returns the data about a turn in Kafka, as far as it can be read now. */
    LogFacts read(RequestRecord request, int partition) {
        try {
            return pool.withConsumer(consumer -> read(consumer, request, partition));
        } catch (ProblemDetailException unavailable) {
            LOG.debug("the log of a turn was not read: {}", unavailable.getMessage());
            return LogFacts.UNREAD;
        }
    }

    private LogFacts read(Consumer<String, byte[]> consumer, RequestRecord request, int partition) {
        BoundedRead bounded = new BoundedRead(consumer);
        LoggedQuestion question = question(bounded, request, partition);
        List<TurnLogEvent> events = events(bounded, request, partition);
        List<GatewayDelivery> deliveries = deliveries(bounded, request, partition);
        return new LogFacts(question, events, deliveries, bounded.isComplete());
    }

    private @Nullable LoggedQuestion question(BoundedRead bounded, RequestRecord request, int partition) {
        AtomicReference<@Nullable LoggedQuestion> found = new AtomicReference<>();
        TopicPartition turns = new TopicPartition(topics.turns(), partition);
        bounded.run(
                between(
                        bounded.consumer,
                        List.of(turns),
                        request.createdAt().minus(CLOCK_DIFFERENCE),
                        request.createdAt().plus(PUBLISH_TIME)),
                record -> {
                    if (isOf(record, request.requestId())) {
                        found.set(new LoggedQuestion(
                                record.partition(),
                                record.offset(),
                                Instant.ofEpochMilli(record.timestamp()),
                                HeaderText.get(record, RecordHeaders.GATEWAY),
                                HeaderText.get(record, RecordHeaders.LIMITS)));
                    }
                    return found.get() == null;
                });
        return found.get();
    }

    private List<TurnLogEvent> events(BoundedRead bounded, RequestRecord request, int partition) {
        List<TurnLogEvent> events = new ArrayList<>();
        Set<Integer> withText = new HashSet<>();
        TopicPartition topic = new TopicPartition(topics.events(), partition);
        bounded.run(
                between(
                        bounded.consumer,
                        List.of(topic),
                        request.createdAt().minus(CLOCK_DIFFERENCE),
                        endOf(request, REPUBLISH_TIME)),
                record -> {
                    if (isOf(record, request.requestId())) {
                        TurnLogEvent event = event(record);
                        if (event != null && (!event.type().equals("delta") || withText.add(event.attempt()))) {
                            events.add(event);
                        }
                    }
                    return true;
                });
        return events;
    }

    private List<GatewayDelivery> deliveries(BoundedRead bounded, RequestRecord request, int partition) {
        List<GatewayDelivery> deliveries = new ArrayList<>();
        int partitions = LogPartitions.of(bounded.consumer, topics.deliveries()).size();
        if (partitions > 0 && request.ended()) {
            TopicPartition topic = new TopicPartition(topics.deliveries(), partition % partitions);
            Instant from = request.finishedAt() == null ? request.createdAt() : request.finishedAt();
            bounded.run(
                    between(
                            bounded.consumer,
                            List.of(topic),
                            from.minus(CLOCK_DIFFERENCE),
                            endOf(request, DELIVERY_TIME)),
                    record -> {
                        addDeliveries(record, request.requestId(), deliveries);
                        return true;
                    });
        }
        return deliveries;
    }

    private static @Nullable Instant endOf(RequestRecord request, Duration later) {
        Instant finished = request.finishedAt();
        return finished == null ? null : finished.plus(later);
    }

    private void addDeliveries(
            ConsumerRecord<String, byte[]> record, RequestId request, List<GatewayDelivery> deliveries) {
        try {
            DeliveryBatch batch = wire.read(record.value(), DeliveryBatch.class);
            batch.deliveries().stream()
                    .filter(delivery -> delivery.requestId().equals(request))
                    .map(delivery -> new GatewayDelivery(batch.gateway(), delivery))
                    .forEach(deliveries::add);
        } catch (UnreadableRecordException e) {
            LOG.debug("record on the deliveries topic is not readable, skipped");
        }
    }

    private @Nullable TurnLogEvent event(ConsumerRecord<String, byte[]> record) {
        String type = HeaderText.get(record, RecordHeaders.TYPE);
        Long attempt = HeaderText.getNumber(record, RecordHeaders.ATTEMPT);
        if (type == null || attempt == null) {
            return null;
        }
        try {
            boolean isText = type.equals("delta") || type.equals("artifact");
            return new TurnLogEvent(
                    record.partition(),
                    record.offset(),
                    Instant.ofEpochMilli(record.timestamp()),
                    type,
                    attempt.intValue(),
                    isText ? Map.of() : wire.readObject(record.value()),
                    modelCalls(record));
        } catch (UnreadableRecordException e) {
            return null;
        }
    }

    private List<CalledModel> modelCalls(ConsumerRecord<String, byte[]> record) throws UnreadableRecordException {
        String calls = HeaderText.get(record, RecordHeaders.MODEL_CALLS);
        return calls == null
                ? List.of()
                : List.of(wire.read(calls.getBytes(StandardCharsets.UTF_8), CalledModel[].class));
    }

    private static boolean isOf(ConsumerRecord<String, byte[]> record, RequestId request) {
        return request.toString().equals(HeaderText.get(record, RecordHeaders.REQUEST_ID));
    }

    /**
     * Returns the ranges from the first record at or after {@code from} to the first record after {@code to}, or to the
     * end if {@code to} is null.
     */
    private static List<LogRange> between(
            Consumer<String, byte[]> consumer,
            Collection<TopicPartition> partitions,
            Instant from,
            @Nullable Instant to) {
        List<LogRange> whole = LogRange.whole(consumer, partitions);
        Map<TopicPartition, Long> starts = offsets(consumer, partitions, from);
        Map<TopicPartition, Long> ends = to == null ? Map.of() : offsets(consumer, partitions, to);
        return whole.stream()
                .map(range -> new LogRange(
                        range.partition(),
                        starts.getOrDefault(range.partition(), range.to()),
                        ends.getOrDefault(range.partition(), range.to())))
                .toList();
    }

    /** Returns the offset of the first record at or after the time, for each partition that has one. */
    private static Map<TopicPartition, Long> offsets(
            Consumer<String, byte[]> consumer, Collection<TopicPartition> partitions, Instant time) {
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, time.toEpochMilli()));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (Map.Entry<TopicPartition, @Nullable OffsetAndTimestamp> found :
                consumer.offsetsForTimes(times).entrySet()) {
            if (found.getValue() != null) {
                offsets.put(found.getKey(), found.getValue().offset());
            }
        }
        return offsets;
    }

    /** Reads of one call, which together are bounded in records and time. For use by one thread. */
    private static final class BoundedRead {

        private final Consumer<String, byte[]> consumer;
        private final long deadline = System.nanoTime() + MAX_TIME.toNanos();
        private int records;
        private boolean complete = true;

        BoundedRead(Consumer<String, byte[]> consumer) {
            this.consumer = consumer;
        }

        /** Reads the ranges until {@code proceed} returns false, or until the bounds are reached. */
        void run(List<LogRange> ranges, Predicate<ConsumerRecord<String, byte[]>> proceed) {
            LogRange.read(consumer, ranges, KafkaConsumerPool.TIMEOUT, record -> {
                records++;
                if (records > MAX_RECORDS || (records % 1000 == 0 && System.nanoTime() > deadline)) {
                    complete = false;
                    return false;
                }
                return proceed.test(record);
            });
        }

        boolean isComplete() {
            return complete;
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
