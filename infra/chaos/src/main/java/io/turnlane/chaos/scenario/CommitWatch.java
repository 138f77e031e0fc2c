package io.turnlane.chaos.scenario;

import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.load.HistoryRecorder;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.model.topic.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Records the committed offsets of the processors' group twice a second, so that the checker can find a committed
 * offset beyond a turn that had not ended. If the broker is not available, tries again later. Runs on its own thread
 * until {@link #close}.
 */
final class CommitWatch implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofMillis(500);
    private static final Duration RETRY_DELAY = Duration.ofMillis(100);
    private static final int CALL_LIMIT_MILLIS = 2000;

    private final Admin admin;
    private final HistoryRecorder history;
    private final Thread thread;

    CommitWatch(Rig rig, HistoryRecorder history) {
        Properties settings = rig.kafka();
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, CALL_LIMIT_MILLIS);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, CALL_LIMIT_MILLIS);
        this.admin = Admin.create(settings);
        this.history = history;
        this.thread = Thread.ofVirtual().name("commit-watch").start(this::watch);
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                recordOffsets();
            }
        } catch (InterruptedException _) {
            // The watch was closed.
        }
    }

    /** Records offsets until the group has no lag or the limit has passed. The checker reports a remaining lag. */
    void awaitNoLag(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!recordOffsets() && System.nanoTime() < end) {
            Thread.sleep(RETRY_DELAY);
        }
    }

    /** Records the offsets once; returns true if the group has no lag. */
    private boolean recordOffsets() throws InterruptedException {
        try {
            Map<TopicPartition, OffsetAndMetadata> committed =
                    within(admin.listConsumerGroupOffsets(Rig.GROUP).partitionsToOffsetAndMetadata());
            // Taken after the reply, so that it is later than every commit in the reply.
            long asked = history.now();
            Map<TopicPartition, OffsetSpec> turns = committed.keySet().stream()
                    .filter(partition -> partition.topic().equals(Topics.DEFAULT.turns()))
                    .collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest()));
            boolean noLag = true;
            for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end :
                    within(admin.listOffsets(turns).all()).entrySet()) {
                OffsetAndMetadata at = committed.get(end.getKey());
                write(asked, end.getKey(), at, end.getValue().offset());
                noLag &= at != null && at.offset() == end.getValue().offset();
            }
            return noLag && !turns.isEmpty();
        } catch (ExecutionException | TimeoutException _) {
            return false; // the broker is not available; the next call reads the offsets
        }
    }

    private static <T> T within(KafkaFuture<T> answer)
            throws InterruptedException, ExecutionException, TimeoutException {
        return answer.get(CALL_LIMIT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void write(long at, TopicPartition partition, @Nullable OffsetAndMetadata committed, long end) {
        if (committed != null) {
            history.write(new HistoryLine.OffsetRead(at, "driver", partition.partition(), committed.offset(), end));
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        admin.close(Duration.ofSeconds(1));
    }
}
