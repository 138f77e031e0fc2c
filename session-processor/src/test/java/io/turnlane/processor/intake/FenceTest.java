package io.turnlane.processor.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.backends.TestBackends;
import io.turnlane.model.TurnError;
import io.turnlane.processor.turn.Turn;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fences of members of a real consumer group, in which the coordinator decides who owns the partition. */
class FenceTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final String topic = "fence-" + UUID.randomUUID();
    private final TopicPartition partition = new TopicPartition(topic, 0);
    private final Admin admin = Admin.create(TestBackends.shared().kafka());

    @BeforeEach
    void makeTopic() throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }

    @AfterEach
    void close() {
        admin.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void rejectsTheTokenOfAMemberThatWasFrozenInItsCallback(String protocol) throws Exception {
        CountDownLatch inCallback = new CountDownLatch(1);
        CountDownLatch thaw = new CountDownLatch(1);
        try (Member frozen = new Member(protocol, () -> {
                    inCallback.countDown();
                    waitFor(thaw);
                });
                Member successor = new Member(protocol, () -> {})) {
            frozen.start();
            assertThat(inCallback.await(30, TimeUnit.SECONDS)).isTrue();
            successor.start(); // gets the partition after the group has removed the frozen member
            await().atMost(Duration.ofSeconds(60)).until(() -> successor.fence() > 0);
            long token = successor.fence();
            thaw.countDown();

            assertThat(frozen.fenceAfterFirstCallback())
                    .as("no token for the member that lost the partition")
                    .isNotPositive();
            assertThat(successor.fence()).isEqualTo(token);
            assertThat(committedToken()).isEqualTo(token);
        }
    }

    @Test
    void growsFromOwnerToOwnerEvenIfTheGroupWasDeleted() throws Exception {
        long first = ownOnce();
        long second = ownOnce();
        assertThat(second).isGreaterThan(first);
        admin.deleteConsumerGroups(List.of(topic)).all().get();
        assertThat(ownOnce()).isGreaterThan(second);
    }

    private long ownOnce() throws Exception {
        try (Member member = new Member("classic", () -> {})) {
            member.start();
            await().atMost(SOON).until(() -> member.fence() > 0);
            return member.fence();
        }
    }

    private long committedToken() throws Exception {
        return Long.parseLong(admin.listConsumerGroupOffsets(topic)
                .partitionsToOffsetAndMetadata()
                .get()
                .get(partition)
                .metadata());
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Member of the group with its own poll thread. */
    private final class Member implements AutoCloseable {

        private final KafkaConsumer<byte[], byte[]> consumer;
        private final Partitions partitions;
        private final Thread thread = Thread.ofPlatform().name("member").unstarted(this::run);
        private volatile long fence = -1;
        private final CompletableFuture<Long> fenceAfterFirstCallback = new CompletableFuture<>();
        private volatile boolean closing;

        Member(String protocol, Runnable beforeFence) {
            Map<String, Object> settings = TestBackends.shared()
                    .kafka(Map.of(
                            "group.id",
                            topic,
                            "group.protocol",
                            protocol,
                            "enable.auto.commit",
                            false,
                            "max.poll.interval.ms",
                            3_000,
                            "auto.offset.reset",
                            "earliest"));
            if (protocol.equals("classic")) {
                settings.put("session.timeout.ms", 3_000);
                settings.put("heartbeat.interval.ms", 500);
            }
            consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            partitions =
                    new Partitions(
                            consumer,
                            topic,
                            new IgnoringRecordHandler(),
                            InstantSource.system(),
                            new RecordReader(() -> new MockConsumer<>("none"), 1),
                            _ -> {}) {
                        @Override
                        public void onPartitionsAssigned(Collection<TopicPartition> added) {
                            if (added.isEmpty()) {
                                super.onPartitionsAssigned(added);
                                return;
                            }
                            beforeFence.run();
                            try {
                                super.onPartitionsAssigned(added);
                            } finally {
                                fenceAfterFirstCallback.complete(currentFence());
                            }
                        }
                    };
        }

        void start() {
            thread.start();
        }

        long fence() {
            return fence;
        }

        /** Returns the fence at the end of the first callback with a partition; not positive if there is none. */
        long fenceAfterFirstCallback() throws Exception {
            return fenceAfterFirstCallback.get(SOON.toSeconds(), TimeUnit.SECONDS);
        }

        private long currentFence() {
            Assignment mine = partitions.get(partition);
            return mine == null ? -1 : mine.fence();
        }

        private void run() {
            consumer.subscribe(List.of(topic), partitions);
            while (!closing) {
                try {
                    consumer.poll(Duration.ofMillis(100));
                } catch (RuntimeException e) {
                    // continues, like the poll thread of a processor
                }
                fence = currentFence();
            }
            consumer.close();
        }

        @Override
        public void close() throws InterruptedException {
            closing = true;
            thread.join(10_000);
        }
    }

    private static final class IgnoringRecordHandler implements RecordHandler {

        @Override
        public void onTurn(Turn turn) {}

        @Override
        public void onUnreadable(Turn.Claim claim, TurnError error) {}

        @Override
        public void onPartitionsLeaving(Predicate<Turn.Claim> ofPartition, boolean patient) {}
    }
}
