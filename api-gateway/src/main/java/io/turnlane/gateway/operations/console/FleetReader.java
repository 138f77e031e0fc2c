package io.turnlane.gateway.operations.console;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.fleet.AgentRegistry;
import io.turnlane.store.fleet.GatewayDirectory;
import io.turnlane.store.fleet.ProcessorDirectory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Reads the statistics that gateways and processors have written to Redis. Reads them at most once a second, so that
 * the load on Redis does not depend on the number of operators, and not at all if nobody asks.
 *
 * <p>Safe for use by any number of threads.
 */
@Component
final class FleetReader {

    private static final Logger LOG = LoggerFactory.getLogger(FleetReader.class);

    /** A little less than the interval of the streams, so that each of their events is new. */
    private static final Duration CACHE_TIME = Duration.ofMillis(900);

    private final ProcessorDirectory processors;
    private final GatewayDirectory gateways;
    private final GatewayHeartbeat own;
    private final EventStreams streams;
    private final AgentRegistry registry;
    private final InstantSource clock;
    private final Cache<String, FleetReport> recent =
            Caffeine.newBuilder().expireAfterWrite(CACHE_TIME).maximumSize(1).build();

    FleetReader(
            ProcessorDirectory processors,
            GatewayDirectory gateways,
            GatewayHeartbeat own,
            EventStreams streams,
            AgentRegistry registry,
            InstantSource clock) {
        this.processors = processors;
        this.gateways = gateways;
        this.own = own;
        this.streams = streams;
        this.registry = registry;
        this.clock = clock;
    }

    /** Returns a report that is at most a second old. If Redis is unavailable, it contains only this gateway. */
    FleetReport report() {
        return recent.get("report", _ -> FleetReport.of(read()));
    }

    private FleetReading read() {
        Instant now = clock.instant();
        boolean kafka = streams.isReady();
        try {
            return new FleetReading(
                    now,
                    true,
                    kafka,
                    processors.alive(),
                    processors.details(),
                    processors.lastHeartbeats(),
                    gateways.alive(),
                    registry.offeredRoutes());
        } catch (DataAccessException | IllegalStateException unavailable) { // the connection may be closing
            LOG.debug("fleet reported without processors, Redis is unavailable", unavailable);
            return new FleetReading(
                    now,
                    false,
                    kafka,
                    List.of(),
                    List.of(),
                    Map.of(),
                    List.of(own.current()),
                    registry.offeredRoutes());
        }
    }
}
