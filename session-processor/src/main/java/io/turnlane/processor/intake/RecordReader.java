package io.turnlane.processor.intake;

import io.turnlane.model.RequestId;
import io.turnlane.processor.turn.Turn.LogUnavailableException;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads records of the turns topic again that were dropped from the heap, because many turns are ahead of them in their
 * lanes. All calls share a few consumers without a group. If no consumer is idle, the calling thread waits.
 *
 * <p>Threading: any thread may call any method. Each consumer is used by one thread at a time.
 */
public final class RecordReader implements AutoCloseable {

    private static final Duration READ_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);
    /** Maximum number of records of one read. Also the number of turns of a lane whose records stay in the heap. */
    static final int MAX_RECORDS = 64;

    private final BlockingQueue<Consumer<byte[], byte[]>> idle;
    private final int size;

    /**
     * @param consumers creates a consumer without a group, which neither commits nor resets offsets
     * @param size number of consumers
     */
    public RecordReader(Supplier<? extends Consumer<byte[], byte[]>> consumers, int size) {
        this.idle = new ArrayBlockingQueue<>(size);
        this.size = size;
        for (int i = 0; i < size; i++) {
            idle.add(consumers.get());
        }
    }

    /**
     * Reads the record at this offset.
     *
     * @param following called with each later record that Kafka returned in the same read
     * @throws RecordGoneException if the log no longer holds the record
     * @throws LogUnavailableException if Kafka does not return the record in time
     */
    ConsumerRecord<byte[], byte[]> read(
            TopicPartition partition,
            long offset,
            java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> following)
            throws RecordGoneException {
        Consumer<byte[], byte[]> consumer = acquire();
        try {
            List<ConsumerRecord<byte[], byte[]>> records = poll(consumer, partition, offset);
            if (records.getFirst().offset() != offset) {
                throw new RecordGoneException();
            }
            records.stream().skip(1).limit(MAX_RECORDS - 1L).forEach(following);
            return records.getFirst();
        } catch (OffsetOutOfRangeException e) {
            throw new RecordGoneException();
        } catch (KafkaException e) {
            throw new LogUnavailableException("the record could not be read from the log", e);
        } finally {
            idle.add(consumer);
        }
    }

    /**
     * Returns the offset of the first record that the partition still contains. If it contains no record, returns the
     * offset that its next record will have.
     *
     * @throws LogUnavailableException if Kafka does not answer in time
     */
    long beginning(TopicPartition partition) {
        return withConsumer(consumer -> Objects.requireNonNull(
                consumer.beginningOffsets(List.of(partition), READ_TIMEOUT).get(partition)));
    }

    /**
     * Reads the partition from its first record to its current end. Has no time limit.
     *
     * @param proceed called before each poll; if it returns false, reading stops early
     * @param listener called with the request id of each record that has one
     * @throws LogUnavailableException if Kafka does not answer in time
     */
    void readRequestIds(
            TopicPartition partition, BooleanSupplier proceed, java.util.function.Consumer<RequestId> listener) {
        withConsumer(consumer -> {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = Objects.requireNonNull(
                    consumer.endOffsets(List.of(partition), READ_TIMEOUT).get(partition));
            while (proceed.getAsBoolean() && consumer.position(partition, READ_TIMEOUT) < end) {
                consumer.poll(POLL_TIMEOUT)
                        .forEach(record -> TurnReader.requestId(record).ifPresent(listener));
            }
            return end;
        });
    }

    private <T> T withConsumer(Function<Consumer<byte[], byte[]>, T> work) {
        Consumer<byte[], byte[]> consumer = acquire();
        try {
            return work.apply(consumer);
        } catch (KafkaException e) {
            throw new LogUnavailableException("the log could not be read", e);
        } finally {
            idle.add(consumer);
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> poll(
            Consumer<byte[], byte[]> consumer, TopicPartition partition, long offset) {
        consumer.assign(List.of(partition));
        consumer.seek(partition, offset);
        for (long polls = READ_TIMEOUT.dividedBy(POLL_TIMEOUT); polls > 0; polls--) {
            List<ConsumerRecord<byte[], byte[]>> records =
                    consumer.poll(POLL_TIMEOUT).records(partition);
            if (!records.isEmpty()) {
                return records;
            }
        }
        throw new LogUnavailableException("the record could not be read from the log in time", null);
    }

    private Consumer<byte[], byte[]> acquire() {
        try {
            return idle.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailableException("interrupted while waiting for a consumer", e);
        }
    }

    /** Closes the idle consumers. Called when no lane runs. */
    @Override
    public void close() {
        for (int i = 0; i < size; i++) {
            Consumer<byte[], byte[]> consumer = idle.poll();
            if (consumer != null) {
                consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
            }
        }
    }
}
