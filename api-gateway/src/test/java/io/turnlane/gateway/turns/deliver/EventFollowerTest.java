package io.turnlane.gateway.turns.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.gateway.turns.deliver.Subscription.EventFilter;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.trace.Traces;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventFollowerTest {

    private static final TopicPartition PARTITION = new TopicPartition("events", 0);
    private static final Node[] NO_NODES = {};

    /** Mock consumer with the metric of answered fetches, by which the follower detects if the broker is available. */
    private static final class CountingConsumer extends MockConsumer<String, byte[]> {

        CountingConsumer() {
            super("none");
            updatePartitions("events", List.of(new PartitionInfo("events", 0, null, NO_NODES, NO_NODES)));
        }

        @Override
        public synchronized Map<MetricName, ? extends Metric> metrics() {
            MetricName name = new MetricName("fetch-total", "consumer-fetch-manager-metrics", "", Map.of());
            return Map.of(
                    name,
                    new KafkaMetric(
                            new Object(),
                            name,
                            (org.apache.kafka.common.metrics.Measurable) (_, _) -> 1,
                            new org.apache.kafka.common.metrics.MetricConfig(),
                            org.apache.kafka.common.utils.Time.SYSTEM));
        }
    }

    /**
     * Otherwise a client that receives its cursor would discard all events of the new log until that is as long as the
     * old one.
     */
    @Test
    void restartsAtTheEndOfARecreatedTopic() throws Exception {
        CountingConsumer consumer = new CountingConsumer();
        consumer.updateEndOffsets(Map.of(PARTITION, 5_000L));
        SubscriptionRegistry registry = new SubscriptionRegistry();
        Outbox outbox = new Outbox(new Outbox.Bounds(10, 10_000), new SharedByteLimit(1_000_000), Outbox.UNLIMITED_AGE);
        SessionKey session = SessionKey.of(null, new SessionId("s"));
        Subscription client = new Subscription(session, EventFilter.SESSION, 0, outbox, new EventReducer());
        EndWatches watches = new EndWatches();
        EndWatch watch = new EndWatch(
                session, 0, Events.R1, new BoundedWaits().create(), new DeliverySpans(Traces.NONE), watches::remove);
        watches.add(watch);
        try (EventFollower follower = new EventFollower((_, _) -> consumer, "events", () -> {}, registry, watches)) {
            follower.start(Duration.ofSeconds(10));
            client.startJoining();
            registry.add(client);
            assertThat(client.goLive(follower.position(0), false)).isTrue();
            consumer.addRecord(new ConsumerRecord<>("events", 0, 5_000, "other", new byte[0]));
            await().until(() -> follower.offeredOffset(0) == 5_001);

            consumer.updateEndOffsets(Map.of(PARTITION, 3L));
            consumer.setPollException(new OffsetOutOfRangeException(Map.of(PARTITION, 5_001L)));
            await().until(() -> follower.position(0) == 3);
            assertThat(outbox.take(Duration.ofSeconds(10))).isInstanceOf(OutboxItem.GapItem.class);
            assertThat(follower.offeredOffset(0)).isEqualTo(3);
            assertThat(watch.await(Duration.ofSeconds(10)))
                    .as("the wait is stopped, because the end may be among the deleted events")
                    .isNull();
            client.offerCursor(() -> follower.offeredOffset(0), 1_000);
            client.offerLive(Events.event(3, Events.R1, 1, 0, "started"));
            assertThat(outbox.take(Duration.ZERO)).isInstanceOf(OutboxItem.EventItem.class);
        }
    }
}
