package io.turnlane.chaos.fault.act;

import io.turnlane.chaos.rig.Rig;
import io.turnlane.chaos.rig.RigSettings;
import io.turnlane.model.Topics;
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
 * Members of the processors' group that take partitions, read nothing, commit nothing, and leave: each makes the group
 * share its partitions anew, twice. The driver's thread only.
 */
public final class IdleGroupMembers {

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(10);

    private final Rig rig;

    public IdleGroupMembers(Rig rig) {
        this.rig = rig;
    }

    /** So many come one after the other, stay that long, go, and leave the group alone for as long. */
    public void joinAndLeave(int ghosts, Duration stay) throws InterruptedException {
        for (int ghost = 0; ghost < ghosts; ghost++) {
            come(stay);
            Thread.sleep(stay);
        }
    }

    private void come(Duration stay) {
        try (Consumer<byte[], byte[]> ghost =
                new KafkaConsumer<>(settings(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            ghost.subscribe(List.of(Topics.DEFAULT.turns()), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                    ghost.pause(partitions);
                }

                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}
            });
            long joinBy = System.nanoTime() + JOIN_LIMIT.toNanos();
            while (ghost.assignment().isEmpty() && System.nanoTime() < joinBy) {
                ghost.poll(POLL);
            }
            long leaveAt = System.nanoTime() + stay.toNanos();
            while (System.nanoTime() < leaveAt) {
                ghost.poll(POLL);
            }
            ghost.close(CloseOptions.timeout(Duration.ofSeconds(2)));
        }
    }

    private Properties settings() {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", rig.bootstrapServers());
        settings.put("group.id", Rig.GROUP);
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        settings.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        settings.put("session.timeout.ms", Long.toString(RigSettings.SESSION_TIMEOUT.toMillis()));
        settings.put("heartbeat.interval.ms", "300");
        return settings;
    }
}
