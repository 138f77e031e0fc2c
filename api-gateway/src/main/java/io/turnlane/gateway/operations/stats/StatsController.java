package io.turnlane.gateway.operations.stats;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.fleet.AgentRegistry;
import io.turnlane.gateway.turns.fleet.ConfiguredRoute;
import io.turnlane.gateway.turns.fleet.Fleet;
import io.turnlane.model.ProcessorStatistics;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Endpoint for live statistics. It responds even if a backend is unavailable, and reports which backend is unavailable.
 */
@Tag(name = "system")
@RestController
record StatsController(Fleet fleet, AgentRegistry registry, EventStreams streams) {

    private static final Logger LOG = LoggerFactory.getLogger(StatsController.class);

    @Operation(operationId = "getStatistics", summary = "Get live statistics of all processors and of this gateway")
    @GetMapping("/api/stats")
    ResponseEntity<StatsReport> stats() {
        return ResponseEntity.ok().header(HttpHeaders.CACHE_CONTROL, "no-store").body(report());
    }

    private StatsReport report() {
        StatsReport.Backend kafka = new StatsReport.Backend(streams.isReady());
        StatsReport.GatewayStats gateway = new StatsReport.GatewayStats(streams.clients());
        Collection<ConfiguredRoute> routes = registry.offeredRoutes();
        try {
            List<ProcessorStatistics> alive = fleet.alive();
            return StatsReport.of(alive, fleet.missingAgents(), routes, new StatsReport.Backend(true), kafka, gateway);
        } catch (DataAccessException unavailable) {
            LOG.debug("statistics reported without processors, Redis is unavailable", unavailable);
            return StatsReport.of(List.of(), Map.of(), routes, new StatsReport.Backend(false), kafka, gateway);
        }
    }
}
