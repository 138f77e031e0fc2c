package io.turnlane.processor.control;

import io.turnlane.log.HeaderText;
import io.turnlane.log.LogPartitions;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.WakeUp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads wake-ups from the control topic. A wake-up is a record that notifies processors of a cancelled turn. The
 * listener reads without a consumer group, so every processor reads all wake-ups. Only the processor that runs the
 * turn, or holds it in a lane, acts on a wake-up. Reading starts at the end of the topic. Earlier wake-ups are not
 * needed, because each cancel is also stored in the request record, which the processor checks when a turn begins.
 *
 * <p>Threading: one thread starts and stops the listener. A dedicated platform thread reads the topic and calls the
 * callback, which must not block. Any thread may call {@link #hasFailed}.
 */
public final class KafkaWakeUpListener {

    private static final Logger log = LoggerFactory.getLogger(KafkaWakeUpListener.class);
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(500);
    private static final Duration FAILURE_DELAY = Duration.ofMillis(500);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

    private final Supplier<? extends Consumer<byte[], byte[]>> consumers;
    private final String topic;
    private final BiConsumer<SessionKey, RequestId> listener;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable Consumer<byte[], byte[]> consumer;
    private volatile @Nullable Thread reader;

    /**
     * @param consumers creates a consumer without a group; if the consumer's offset no longer exists, the consumer
     *     continues at the end of the topic
     * @param listener called for each wake-up, with the session and the request of the cancelled turn; must ignore
     *     turns of other processors
     */
    public KafkaWakeUpListener(
            Supplier<? extends Consumer<byte[], byte[]>> consumers,
            String topic,
            BiConsumer<SessionKey, RequestId> listener) {
        this.consumers = consumers;
        this.topic = topic;
        this.listener = listener;
    }

    /** Starts reading. The listener receives every wake-up that is published after this method returns. */
    public void start() {
        Consumer<byte[], byte[]> newConsumer = consumers.get();
        List<TopicPartition> all = LogPartitions.of(newConsumer, topic);
        newConsumer.assign(all);
        newConsumer.seekToEnd(all);
        all.forEach(newConsumer::position);
        consumer = newConsumer;
        reader = Thread.ofPlatform().name("turnlane-control").start(() -> read(newConsumer));
    }

    /**
     * Returns true if the reading thread has ended although {@link #stop} was not called. A cancel then takes effect
     * only when its turn begins or when the turn's result is stored.
     */
    public boolean hasFailed() {
        Thread thread = reader;
        return thread != null && !thread.isAlive() && stopping.getCount() > 0;
    }

    private void read(Consumer<byte[], byte[]> consumer) {
        try (consumer) {
            while (stopping.getCount() > 0) {
                pollOnce(consumer);
            }
        } catch (WakeupException e) {
            return; // stop() was called
        } catch (Error e) {
            log.atError()
                    .setCause(e)
                    .log("control thread terminated; cancels are delayed until this processor is restarted");
            throw e;
        }
    }

    private void pollOnce(Consumer<byte[], byte[]> consumer) {
        try {
            consumer.poll(POLL_TIMEOUT).forEach(this::handle);
        } catch (WakeupException e) {
            throw e;
        } catch (RuntimeException e) { // catches all, because cancels are delayed without this thread
            log.atWarn().setCause(e).log("reading the control topic failed; retrying");
            waitAfterFailure();
        }
    }

    private void handle(ConsumerRecord<byte[], byte[]> record) {
        try {
            String request = HeaderText.get(record, RecordHeaders.REQUEST_ID);
            if (WakeUp.TYPE.equals(HeaderText.get(record, RecordHeaders.TYPE))
                    && record.key() != null
                    && request != null) {
                listener.accept(
                        SessionKey.parse(new String(record.key(), StandardCharsets.UTF_8)), RequestId.parse(request));
            }
        } catch (RuntimeException e) { // an unreadable record, or a defect, must not stop the thread
            log.atWarn()
                    .addKeyValue("offset", record.offset())
                    .setCause(e)
                    .log("wake-up could not be processed; skipping it");
        }
    }

    private void waitAfterFailure() {
        try {
            var _ = stopping.await(FAILURE_DELAY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            stopping.countDown();
        }
    }

    /** Stops reading. Called after the last turn has ended. */
    public void stop() {
        stopping.countDown();
        if (consumer != null) {
            consumer.wakeup();
        }
        Thread thread = reader;
        try {
            if (thread != null) {
                thread.join(STOP_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
