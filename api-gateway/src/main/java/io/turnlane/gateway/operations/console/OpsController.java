package io.turnlane.gateway.operations.console;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.guard.caller.Operator;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.stream.SseConnection;
import io.turnlane.store.fleet.ProcessorDirectory;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Endpoints with the figures of all gateways and processors, for operators. */
@Tag(name = "operations")
@RestController
record OpsController(FleetReader reader, FleetStream stream, ProcessorDirectory processors) {

    @Operation(
            operationId = "getFleet",
            summary = "Get figures of all gateways and processors",
            description = "Contains no questions and no answers. The figures are at most two seconds old.")
    @GetMapping("/v1/ops/fleet")
    ResponseEntity<FleetReport> fleet(Operator operator) {
        return ResponseEntity.ok().header(HttpHeaders.CACHE_CONTROL, "no-store").body(reader.report());
    }

    @Operation(
            operationId = "followFleet",
            summary = "Follow the figures of all gateways and processors",
            description = "Sends an event `fleet` about every second, with the figures of `GET /v1/ops/fleet`.")
    @ApiResponse(
            responseCode = "200",
            description = "Stream of figures",
            content = @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE, schema = @Schema(type = "string")))
    @GetMapping(path = "/v1/ops/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void stream(Operator operator, HttpServletRequest request, HttpServletResponse response) {
        if (request.getMethod().equals("HEAD")) {
            SseConnection.writeHead(response);
        } else {
            stream.write(response);
        }
    }

    @Operation(
            operationId = "evacuateProcessor",
            summary = "Drain a processor",
            description = "The processor begins within about a second: it reads no more turns, finishes its running"
                    + " turns, leaves the others to other processors and leaves the consumer group. Its process keeps"
                    + " running. `GET /v1/ops/fleet` shows its state.")
    @ApiResponse(responseCode = "202", description = "The processor will drain")
    @PostMapping("/v1/ops/processors/{name}/evacuate")
    ResponseEntity<Void> evacuate(Operator operator, @PathVariable String name) {
        if (processors.alive().stream().noneMatch(one -> one.processor().equals(name))) {
            throw ProblemDetailException.notFound("processor");
        }
        processors.requestEvacuation(name);
        return ResponseEntity.accepted().build();
    }
}
