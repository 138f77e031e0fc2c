package io.turnlane.gateway.turns.explain;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.guard.caller.Operator;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.requests.LostRecords;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.request.RequestRecord;
import io.turnlane.store.request.RequestRecords;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Endpoints that return the timeline of a request. */
@Tag(name = "requests")
@RestController
record TimelineController(
        RequestRecords records, LostRecords lost, KafkaTurnHistory history, TimelineReader timelines) {

    @Operation(
            operationId = "getTimeline",
            summary = "Read a request's timeline",
            description = "With `steps=true`, the call also reads the log. The timeline then has all `steps` of the "
                    + "request and, if it waits, the reason.")
    @GetMapping("/v1/sessions/{sid}/requests/{rid}/timeline")
    ResponseEntity<Timeline> timeline(
            Caller caller,
            @PathVariable SessionId sid,
            @PathVariable RequestId rid,
            @Parameter(description = "Also return all steps, and the reason of a wait")
                    @RequestParam(defaultValue = "false")
                    boolean steps) {
        SessionKey session = caller.sessionKey(sid);
        RequestRecord request = find(session, rid);
        return answer(rid, steps ? timelines.explained(session, request, true) : Timeline.of(request));
    }

    @Operation(
            operationId = "explainRequest",
            summary = "Explain a request of any user",
            description = "Finds the request by its id, and returns its timeline with all steps. Texts of clients and "
                    + "agents are omitted unless the caller has the scope `content`.")
    @GetMapping("/v1/ops/requests/{rid}/timeline")
    ResponseEntity<Timeline> explain(Operator operator, @PathVariable RequestId rid) {
        SessionKey session = history.sessionOf(rid).orElseThrow(() -> ProblemDetailException.notFound("request"));
        return answer(rid, timelines.explained(session, find(session, rid), operator.seesContent()));
    }

    private RequestRecord find(SessionKey session, RequestId rid) {
        return records.find(session, rid).orElseThrow(() -> lost.request(session, rid));
    }

    private static ResponseEntity<Timeline> answer(RequestId rid, Timeline body) {
        return ResponseEntity.ok()
                .header("X-Request-Id", rid.toString())
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(body);
    }
}
