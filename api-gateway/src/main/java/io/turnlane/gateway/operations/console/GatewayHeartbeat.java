package io.turnlane.gateway.operations.console;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.guard.admission.OverloadGuard;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.model.GatewayStatistics;
import io.turnlane.store.fleet.GatewayDirectory;
import io.turnlane.store.fleet.RecentCounts;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

/**
 * Writes the statistics of this gateway to Redis each second. They come from the gateway's metrics, so that no call
 * does more work for them.
 *
 * <p>Threading: a thread of its own collects the statistics. Any thread may call {@link #current}.
 */
public final class GatewayHeartbeat implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GatewayHeartbeat.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final String ACCEPTED = "accepted";
    private static final String DELIVERED = "delivered";

    /** Outcomes of questions that are no refusals. */
    private static final Set<String> NO_REFUSALS = Set.of(ACCEPTED, "replayed");

    /** Reason of a client that closed its connection itself. */
    private static final String LEFT = "gone";

    private final GatewayDirectory directory;
    private final EventStreams streams;
    private final OverloadGuard overload;
    private final InstantSource clock;
    private final MeterRegistry meters;
    private final SimpleAsyncTaskScheduler timer = new SimpleAsyncTaskScheduler();
    private final RecentCounts rates = new RecentCounts();
    private final RecentCounts refusals = new RecentCounts();
    private final RecentCounts drops = new RecentCounts();
    private volatile GatewayStatistics current;

    public GatewayHeartbeat(
            GatewayDirectory directory,
            EventStreams streams,
            OverloadGuard overload,
            InstantSource clock,
            MeterRegistry meters) {
        this.directory = directory;
        this.streams = streams;
        this.overload = overload;
        this.clock = clock;
        this.meters = meters;
        this.current = statistics();
    }

    /** Starts to write the statistics. */
    public void start() {
        timer.setThreadFactory(
                Thread.ofPlatform().name("gateway-heartbeat").daemon().factory());
        var _ = timer.scheduleWithFixedDelay(this::beat, INTERVAL);
    }

    private void beat() {
        count(System.nanoTime());
        current = statistics();
        try {
            directory.announce(current);
        } catch (DataAccessException | IllegalStateException away) { // thrown by a connection that is closing
            LOG.debug("gateway statistics not stored: {}", away.toString());
        }
    }

    /** Returns the latest statistics of this gateway. */
    GatewayStatistics current() {
        return current;
    }

    private void count(long nanos) {
        Map<String, Long> asks = totals("turnlane.asks", "outcome");
        long delivered = totals("turnlane.events.delivered", "channel").values().stream()
                .mapToLong(Long::longValue)
                .sum();
        rates.add(nanos, Map.of(ACCEPTED, asks.getOrDefault(ACCEPTED, 0L), DELIVERED, delivered));
        Map<String, Long> refused = new HashMap<>(asks);
        refused.keySet().removeAll(NO_REFUSALS);
        refused.putAll(totals("turnlane.limited", "limit"));
        totals("turnlane.refused.callers", "why").forEach((why, count) -> refused.put("credentials " + why, count));
        refusals.add(nanos, refused);
        Map<String, Long> dropped = totals("turnlane.clients.dropped", "reason");
        dropped.remove(LEFT);
        drops.add(nanos, dropped);
    }

    private Map<String, Long> totals(String counters, String tag) {
        Map<String, Long> totals = new HashMap<>();
        for (Counter counter : meters.find(counters).counters()) {
            totals.merge(String.valueOf(counter.getId().getTag(tag)), (long) counter.count(), Long::sum);
        }
        return totals;
    }

    private GatewayStatistics statistics() {
        return new GatewayStatistics(
                directory.id(),
                clock.instant(),
                streams.clients(),
                (int) gauge("turnlane.streams"),
                (int) gauge("turnlane.sockets"),
                rates.perSecond(ACCEPTED),
                rates.perSecond(DELIVERED),
                refusals.lastMinute(),
                drops.lastMinute(),
                gauge("turnlane.clients.waiting"),
                gauge("turnlane.clients.waiting.max"),
                overload.expectedWait(),
                streams.isReady());
    }

    private long gauge(String name) {
        Gauge gauge = meters.find(name).gauge();
        return gauge == null ? 0 : (long) gauge.value();
    }

    @Override
    public void close() {
        timer.close();
    }
}
