package io.turnlane.gateway.guard.access;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.guard.caller.Caller;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Issues tickets for WebSockets. A web page needs a ticket, because it cannot set the headers of a WebSocket. */
@Tag(name = "events")
@RestController
record TicketController(Tickets tickets) {

    /**
     * Issued ticket.
     *
     * @param ticket text to offer as the second subprotocol, {@code ticket.<ticket>}
     * @param expiresIn remaining lifetime, in seconds
     */
    record Ticket(String ticket, Duration expiresIn) {}

    @Operation(
            operationId = "createSocketTicket",
            summary = "Get a ticket for one WebSocket",
            description = "The ticket is valid once, for 30 s, at any gateway. Offer it as the second subprotocol, "
                    + "`ticket.<ticket>`. Clients that can set headers send `Authorization` with the handshake "
                    + "instead.")
    @ResponseStatus(HttpStatus.CREATED)
    @PostMapping("/v1/ws-tickets")
    ResponseEntity<Ticket> issue(Caller caller) {
        return ResponseEntity.status(HttpStatus.CREATED)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(new Ticket(tickets.issue(caller), Tickets.LIFETIME));
    }
}
