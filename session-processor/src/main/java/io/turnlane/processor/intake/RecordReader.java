package io.turnlane.processor.intake;

import io.turnlane.processor.turn.Turn.LogUnavailableException;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads single records of the turns topic again, for lanes so deep that they keep only places in the log. A few
 * consumers without a group are shared by all lanes; whoever finds none free waits for one.
 *
 * <p>Threading: lanes' threads read; a consumer is used by one of them at a time.
 */
public final class RecordReader implements AutoCloseable {

    private static final Duration LONGEST_READ = Duration.ofSeconds(2);
    private static final Duration ONE_POLL = Duration.ofMillis(200);
    /** Beyond these the records that come along are of no use: a deep lane keeps so many whole. */
    static final int MAX_RECORDS = 64;

    private final BlockingQueue<Consumer<byte[], byte[]>> idle;
    private final int size;

    /** @param consumers makes a consumer without a group, which neither commits nor resets its offsets */
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
     * @param along is given up to {@value #MAX_RECORDS} records that were read behind it
     * @throws RecordGoneException where the log doesn't hold it any more
     * @throws LogUnavailableException where the log doesn't answer in time
     */
    ConsumerRecord<byte[], byte[]> read(
            TopicPartition partition, long offset, java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> along)
            throws RecordGoneException {
        Consumer<byte[], byte[]> consumer = takeOne();
        try {
            List<ConsumerRecord<byte[], byte[]>> records = poll(consumer, partition, offset);
            if (records.getFirst().offset() != offset) {
                throw new RecordGoneException();
            }
            records.stream().skip(1).limit(MAX_RECORDS - 1L).forEach(along);
            return records.getFirst();
        } catch (OffsetOutOfRangeException e) {
            throw new RecordGoneException();
        } catch (KafkaException e) {
            throw new LogUnavailableException("a record was not read again", e);
        } finally {
            idle.add(consumer);
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> poll(
            Consumer<byte[], byte[]> consumer, TopicPartition partition, long offset) {
        consumer.assign(List.of(partition));
        consumer.seek(partition, offset);
        for (long polls = LONGEST_READ.dividedBy(ONE_POLL); polls > 0; polls--) {
            List<ConsumerRecord<byte[], byte[]>> records =
                    consumer.poll(ONE_POLL).records(partition);
            if (!records.isEmpty()) {
                return records;
            }
        }
        throw new LogUnavailableException("a record was not read again in time", null);
    }

    private Consumer<byte[], byte[]> takeOne() {
        try {
            return idle.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailableException("interrupted while waiting for a reader", e);
        }
    }

    /** Closes those that are idle; called when no lane runs any more. */
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
