package io.turnlane.gateway.turns.deliver;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.log.HeaderText;
import io.turnlane.model.ClientDelivery;
import io.turnlane.model.ClientDelivery.DeliveryChannel;
import io.turnlane.model.DeliveryBatch;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.RequestId;
import io.turnlane.model.WireFormat;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Publishes deliveries to the deliveries topic, once a second and only if there are some: one record for each partition
 * of this topic. Deliveries that cannot be published are dropped and counted.
 *
 * <p>Threading: any thread adds deliveries. One thread publishes them.
 */
public final class KafkaDeliveryLog implements DeliveryLog, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaDeliveryLog.class);

    private static final Duration PERIOD = Duration.ofSeconds(1);

    /** Maximum number of deliveries that wait. A gateway delivers fewer in a second. */
    private static final int MAX_WAITING = 20_000;

    /** Maximum number of deliveries in one record, of about 150 bytes each. */
    private static final int MAX_IN_RECORD = 2_000;

    private final KafkaTemplate<String, byte[]> kafka;
    private final WireFormat wire;
    private final String topic;
    private final String gateway;
    private final InstantSource clock;
    private final Counter published;
    private final Counter dropped;
    private final BlockingQueue<ClientDelivery> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("delivery-log").daemon().factory());

    /** @param gateway id of this gateway */
    public KafkaDeliveryLog(
            KafkaTemplate<String, byte[]> kafka,
            WireFormat wire,
            String topic,
            String gateway,
            InstantSource clock,
            MeterRegistry meters) {
        this.kafka = kafka;
        this.wire = wire;
        this.topic = topic;
        this.gateway = gateway;
        this.clock = clock;
        this.published = counter(meters, "published");
        this.dropped = counter(meters, "dropped");
    }

    private static Counter counter(MeterRegistry meters, String outcome) {
        return Counter.builder("turnlane.deliveries")
                .description("Deliveries of the ends of requests to clients, by their publication for timelines")
                .tag("outcome", outcome)
                .register(meters);
    }

    public void start() {
        var _ = publisher.scheduleWithFixedDelay(
                this::publishWaiting, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void delivered(RequestId request, DeliveryChannel channel, int partition, @Nullable Long offset) {
        ClientDelivery delivery = new ClientDelivery(
                request, channel, partition, offset, clock.instant().truncatedTo(ChronoUnit.MILLIS));
        if (!waiting.offer(delivery)) {
            dropped.increment();
        }
    }

    private void publishWaiting() {
        List<ClientDelivery> deliveries = new ArrayList<>();
        waiting.drainTo(deliveries);
        if (deliveries.isEmpty()) {
            return;
        }
        try {
            publish(deliveries);
        } catch (RuntimeException e) {
            dropped.increment(deliveries.size());
            LOG.debug("deliveries were not published: {}", e.toString());
        }
    }

    private void publish(List<ClientDelivery> deliveries) {
        int partitions = kafka.partitionsFor(topic).size();
        TreeMap<Integer, List<ClientDelivery>> byPartition = new TreeMap<>();
        for (ClientDelivery delivery : deliveries) {
            byPartition
                    .computeIfAbsent(delivery.partition() % partitions, _ -> new ArrayList<>())
                    .add(delivery);
        }
        byPartition.forEach((partition, all) -> {
            for (int from = 0; from < all.size(); from += MAX_IN_RECORD) {
                send(partition, all.subList(from, Math.min(all.size(), from + MAX_IN_RECORD)));
            }
        });
    }

    private void send(int partition, List<ClientDelivery> deliveries) {
        byte[] value = wire.writeValue(new DeliveryBatch(gateway, deliveries));
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, partition, clock.millis(), null, value);
        HeaderText.add(record.headers(), RecordHeaders.SCHEMA_VERSION, WireFormat.SCHEMA_VERSION);
        int count = deliveries.size();
        var _ = kafka.send(record)
                .whenComplete((_, failure) -> (failure == null ? published : dropped).increment(count));
    }

    /** Publishes the deliveries that wait, and stops. */
    @Override
    public void close() {
        publisher.shutdown();
        try {
            boolean ended = publisher.awaitTermination(PERIOD.toMillis(), TimeUnit.MILLISECONDS);
            LOG.debug("publisher of deliveries stopped: {}", ended);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        publishWaiting();
    }
}
