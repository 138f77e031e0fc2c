package io.turnlane.gateway.turns.requests;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.turns.deliver.DeliveryLog;
import io.turnlane.gateway.turns.deliver.EndWatch;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.deliver.LoggedEvent;
import io.turnlane.gateway.turns.fleet.Fleet;
import io.turnlane.model.ClientDelivery.DeliveryChannel;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.request.RequestRecord;
import io.turnlane.store.request.RequestRecords;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Endpoint that returns a request. */
@Tag(name = "requests")
@RestController
@RequestMapping("/v1/sessions/{sid}/requests/{rid}")
record RequestController(
        RequestRecords records,
        EventStreams streams,
        Fleet fleet,
        LostRecords lost,
        EndedRequests ended,
        DeliveryLog deliveries) {

    private static final Logger LOG = LoggerFactory.getLogger(RequestController.class);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

    @Operation(
            operationId = "getRequest",
            summary = "Read a request",
            description = "With `wait`, the call returns when the request has ended, or after that many seconds.")
    @GetMapping
    ResponseEntity<RequestResource> read(
            Caller caller,
            @PathVariable SessionId sid,
            @PathVariable RequestId rid,
            @Parameter(description = "Maximum time to wait in seconds, at most 60")
                    @RequestParam(required = false)
                    @Nullable
                    Integer wait) {
        Duration timeout = WaitTimes.fromQuery(wait);
        SessionKey session = caller.sessionKey(sid);
        RequestResource request = timeout.isZero() ? resource(find(session, rid)) : findEnded(session, rid, timeout);
        if (request.ended() && streams.isReady()) { // otherwise the partition can be unknown
            deliveries.delivered(rid, DeliveryChannel.POLL, streams.partitionOf(session), null);
        }
        return answer(rid, request);
    }

    /**
     * Waits for the end of a question. Registers for the terminal event before it reads the record, so that an end
     * between these two steps is not missed.
     */
    private RequestResource findEnded(SessionKey session, RequestId rid, Duration timeout) {
        RequestRecord before = find(session, rid);
        if (before.ended()) {
            return resource(before);
        }
        try (EndWatch watch = streams.watchEnd(session, rid)) {
            RequestRecord request = find(session, rid);
            if (request.ended()) {
                return resource(request);
            }
            if (request.type() != null) {
                return resource(awaitCommand(session, rid, watch, timeout));
            }
            LoggedEvent end = WaitTimes.await(watch, timeout);
            LOG.debug("wait for the end of a request finished, ended: {}", end != null);
            return ended.from(RequestResource.of(request), end).orElseGet(() -> resource(find(session, rid)));
        }
    }

    private RequestResource resource(RequestRecord request) {
        Optional<Duration> estimate = request.type() == null && request.status() == RequestStatus.QUEUED
                ? fleet.estimatedWait(request.agent(), request.position())
                : Optional.empty();
        return RequestResource.of(request).withEstimatedWait(estimate.orElse(null));
    }

    /**
     * Waits for the end of a command that changes a session. Polls the record, because such a command ends without an
     * event.
     */
    private RequestRecord awaitCommand(SessionKey session, RequestId rid, EndWatch watch, Duration timeout) {
        RequestRecord request = find(session, rid);
        for (Duration waited = Duration.ZERO;
                !request.ended() && waited.compareTo(timeout) < 0;
                waited = waited.plus(POLL_INTERVAL)) {
            var _ = WaitTimes.await(watch, POLL_INTERVAL);
            request = find(session, rid);
        }
        return request;
    }

    private RequestRecord find(SessionKey session, RequestId rid) {
        return records.find(session, rid).orElseThrow(() -> lost.request(session, rid));
    }

    private static ResponseEntity<RequestResource> answer(RequestId rid, RequestResource body) {
        return ResponseEntity.ok()
                .header("X-Request-Id", rid.toString())
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(body);
    }
}
