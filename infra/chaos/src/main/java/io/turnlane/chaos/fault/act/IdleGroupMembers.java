package io.turnlane.chaos.fault.act;

import io.turnlane.chaos.fault.expect.FaultExpectations;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.chaos.rig.RigSettings;
import io.turnlane.model.topic.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Members of the processors' consumer group that take partitions, handle and commit nothing, and leave. Each member
 * causes a rebalance when it joins and another when it leaves. Used only by the driver's thread.
 */
public final class IdleGroupMembers {

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(30);

    private final Rig rig;
    private final FaultExpectations expectations;

    public IdleGroupMembers(Rig rig, FaultExpectations expectations) {
        this.rig = rig;
        this.expectations = expectations;
    }

    /**
     * Adds members one after the other. The run fails if one of them receives no partition within 30 s. Each member
     * stays for the time {@code stay}. The same time passes between the end of one member and the start of the next.
     */
    public void joinAndLeave(int members, Duration stay) throws InterruptedException {
        for (int number = 0; number < members; number++) {
            joinFor(stay);
            Thread.sleep(stay);
        }
    }

    private void joinFor(Duration stay) {
        try (Consumer<byte[], byte[]> member =
                new KafkaConsumer<>(settings(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            member.subscribe(List.of(Topics.DEFAULT.turns()), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                    member.pause(partitions);
                }

                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}
            });
            long joinBy = System.nanoTime() + JOIN_LIMIT.toNanos();
            while (member.assignment().isEmpty() && System.nanoTime() < joinBy) {
                member.poll(POLL);
            }
            expectations.failIf(
                    member.assignment().isEmpty(),
                    "a member of the group received no partition within %d s".formatted(JOIN_LIMIT.toSeconds()));
            long leaveAt = System.nanoTime() + stay.toNanos();
            while (System.nanoTime() < leaveAt) {
                member.poll(POLL);
            }
            member.close(CloseOptions.timeout(Duration.ofSeconds(2)));
        }
    }

    private Properties settings() {
        Properties settings = rig.kafka();
        settings.put("group.id", Rig.GROUP);
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        settings.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        settings.put("session.timeout.ms", Long.toString(RigSettings.SESSION_TIMEOUT.toMillis()));
        settings.put("heartbeat.interval.ms", "300");
        return settings;
    }
}
