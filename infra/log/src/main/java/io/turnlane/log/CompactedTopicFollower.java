package io.turnlane.log;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a compacted topic and passes its values on: all of them first, and then again after each change, within
 * milliseconds. While the broker is unavailable, or while the follower reads the topic again from its beginning, the
 * receiver keeps the values that it has.
 *
 * <p>Threading: a thread of its own owns the consumer and calls the receiver. One thread starts and closes the
 * follower.
 *
 * @param <V> type of the values
 */
public final class CompactedTopicFollower<V> implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CompactedTopicFollower.class);
    private static final Duration RETRY = Duration.ofMillis(500);

    private final CompactedTopic<V> topic;
    private final Replication replication;
    private final java.util.function.Consumer<Collection<V>> receiver;
    private final KafkaPollThread thread;

    /**
     * Creates a follower.
     *
     * @param replication replication of the topic
     * @param receiver receives all current values; must not block
     */
    @SuppressWarnings("this-escape") // the thread runs later, in start()
    public CompactedTopicFollower(
            CompactedTopic<V> topic, Replication replication, java.util.function.Consumer<Collection<V>> receiver) {
        this.topic = topic;
        this.replication = replication;
        this.receiver = receiver;
        this.thread = new KafkaPollThread(
                (_, _) -> topic.consumer(), topic.name() + "-follower", RETRY, this::follow, this::failed);
    }

    /**
     * Starts reading, and waits up to {@code patience} until the receiver has all values. Reading continues in the
     * background if this time passes.
     *
     * @return true if the receiver has all values
     */
    public boolean start(Duration patience) {
        boolean read = thread.start(patience);
        if (!read) {
            log.atWarn().addKeyValue("topic", topic.name()).log("topic not read yet; reading continues");
        }
        return read;
    }

    private void failed(Exception failure) {
        if (isUnknownTopic(failure)) {
            // The topic was just created, and not all brokers know it yet.
            log.debug("topic not available yet: {}", failure.toString());
            return;
        }
        KafkaProblem.log(log.atError().addKeyValue("topic", topic.name()), "cannot read a topic; retrying", failure);
    }

    private static boolean isUnknownTopic(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownTopicOrPartitionException) {
                return true;
            }
        }
        return false;
    }

    private void follow(Consumer<String, byte[]> consumer) throws ExecutionException, InterruptedException {
        topic.createIfMissing(replication);
        Map<String, V> all = new HashMap<>();
        topic.readToEnd(consumer, all);
        receiver.accept(List.copyOf(all.values()));
        thread.markReady();
        log.atInfo()
                .addKeyValue("topic", topic.name())
                .addKeyValue("values", all.size())
                .log("topic read");
        while (!thread.isStopping()) {
            ConsumerRecords<String, byte[]> changes = consumer.poll(KafkaPollThread.POLL);
            for (ConsumerRecord<String, byte[]> change : changes) {
                topic.apply(change, all);
            }
            if (!changes.isEmpty()) {
                receiver.accept(List.copyOf(all.values()));
            }
        }
    }

    /** Stops reading. Returns after the thread has ended. */
    @Override
    public void close() {
        thread.close();
    }
}
