package io.turnlane.chaos.scenario;

import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.load.HistoryRecorder;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.model.Topics;
import java.time.Duration;
import java.util.Map;
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
 * Writes down twice a second what the processors' group has committed, so that it can be seen whether a commit ever
 * passed a turn that had not ended. A broker that is away is asked again later. A thread of its own, until
 * {@link #close}.
 */
final class CommitWatch implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofMillis(500);
    private static final Duration AGAIN = Duration.ofMillis(100);
    private static final int CALL_LIMIT_MILLIS = 2000;

    private final Admin admin;
    private final HistoryRecorder history;
    private final Thread thread;

    CommitWatch(Rig rig, HistoryRecorder history) {
        this.admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, rig.bootstrapServers(),
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, CALL_LIMIT_MILLIS,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, CALL_LIMIT_MILLIS));
        this.history = history;
        this.thread = Thread.ofVirtual().name("commit-watch").start(this::watch);
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                look();
            }
        } catch (InterruptedException _) {
            // Closed.
        }
    }

    /** Looks until the group has committed all that there is, or the limit has passed: the checker sees which. */
    void awaitNoLag(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!look() && System.nanoTime() < end) {
            Thread.sleep(AGAIN);
        }
    }

    /** Whether the group has committed all that there is. */
    private boolean look() throws InterruptedException {
        try {
            Map<TopicPartition, OffsetAndMetadata> committed =
                    within(admin.listConsumerGroupOffsets(Rig.GROUP).partitionsToOffsetAndMetadata());
            long asked = history.now();
            Map<TopicPartition, OffsetSpec> turns = committed.keySet().stream()
                    .filter(partition -> partition.topic().equals(Topics.DEFAULT.turns()))
                    .collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest()));
            boolean all = true;
            for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end :
                    within(admin.listOffsets(turns).all()).entrySet()) {
                OffsetAndMetadata at = committed.get(end.getKey());
                write(asked, end.getKey(), at, end.getValue().offset());
                all &= at != null && at.offset() == end.getValue().offset();
            }
            return all && !turns.isEmpty();
        } catch (ExecutionException | TimeoutException _) {
            return false; // the broker is away; the next look will tell
        }
    }

    private static <T> T within(KafkaFuture<T> answer)
            throws InterruptedException, ExecutionException, TimeoutException {
        return answer.get(CALL_LIMIT_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The time is that of the commit's reading: what it says may have been true a little before. */
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
