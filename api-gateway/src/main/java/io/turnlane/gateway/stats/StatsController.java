package io.turnlane.gateway.stats;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.deliver.EventStreams;
import io.turnlane.gateway.fleet.Fleet;
import io.turnlane.model.ProcessorStatistics;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Live figures; they are had even where a backend is away, and say so. */
@Tag(name = "system")
@RestController
final class StatsController {

    private static final Logger LOG = LoggerFactory.getLogger(StatsController.class);

    private final Fleet fleet;
    private final EventStreams streams;

    StatsController(Fleet fleet, EventStreams streams) {
        this.fleet = fleet;
        this.streams = streams;
    }

    @Operation(summary = "Live figures of all processors together, and of this gateway")
    @GetMapping("/api/stats")
    ResponseEntity<StatsReport> stats() {
        return ResponseEntity.ok().header(HttpHeaders.CACHE_CONTROL, "no-store").body(report());
    }

    private StatsReport report() {
        StatsReport.Backend kafka = new StatsReport.Backend(streams.isReady());
        StatsReport.GatewayStats gateway = new StatsReport.GatewayStats(streams.clients());
        try {
            List<ProcessorStatistics> alive = fleet.alive();
            return StatsReport.of(alive, new StatsReport.Backend(true), kafka, gateway);
        } catch (DataAccessException away) {
            LOG.debug("memory away", away);
            return StatsReport.of(List.of(), new StatsReport.Backend(false), kafka, gateway);
        }
    }
}
