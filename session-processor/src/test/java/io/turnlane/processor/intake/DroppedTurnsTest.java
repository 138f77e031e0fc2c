package io.turnlane.processor.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.turn.StepRetrier.Pause;
import io.turnlane.store.memory.UnendedRequests.UnendedRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Requests whose records were deleted on several partitions at once. */
class DroppedTurnsTest {

    private static final List<TopicPartition> PARTITIONS =
            List.of(new TopicPartition("turns", 0), new TopicPartition("turns", 1));

    @Test
    void waitsForUnpublishedRequestsOfAllPartitionsAtTheSameTime() throws Exception {
        MockConsumer<byte[], byte[]> log = new MockConsumer<>("none");
        log.updateBeginningOffsets(Map.of(PARTITIONS.get(0), 5L, PARTITIONS.get(1), 5L));
        log.updateEndOffsets(Map.of(PARTITIONS.get(0), 5L, PARTITIONS.get(1), 5L));
        RecordReader reader = new RecordReader(() -> log, 1);
        List<Assignment> assignments = PARTITIONS.stream()
                .map(partition -> new Assignment(partition, 0, reader))
                .toList();
        CyclicBarrier bothWait = new CyclicBarrier(2);
        Pause pause = time -> {
            await(bothWait);
            assignments.forEach(Assignment::end); // the partitions leave, so no lane has to end the requests
        };
        UnendedRequest unended = new UnendedRequest(
                SessionKey.of(null, new SessionId("s")), new RequestId(UUID.randomUUID()), "ask", Instant.EPOCH);
        DroppedTurns dropped =
                new DroppedTurns(reader, sessions -> List.of(unended), null, pause, Duration.ofSeconds(7));

        CompletableFuture<?>[] ends = assignments.stream()
                .map(assignment -> new SkippedRecords(assignment, 0, 2))
                .map(skipped -> CompletableFuture.runAsync(() -> dropped.end(skipped), Thread::startVirtualThread))
                .toArray(CompletableFuture[]::new);
        assertThat(CompletableFuture.allOf(ends)).succeedsWithin(Duration.ofSeconds(30));
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("only one partition waits", e);
        }
    }
}
