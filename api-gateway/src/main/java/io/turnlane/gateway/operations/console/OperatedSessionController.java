package io.turnlane.gateway.operations.console;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.guard.caller.Operator;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.cancel.Cancellations;
import io.turnlane.gateway.turns.requests.RequestSummary;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.Usage;
import io.turnlane.store.request.RequestRecords;
import io.turnlane.store.request.RequestRecords.RequestPage;
import io.turnlane.store.session.SessionContext;
import io.turnlane.store.session.SessionStore;
import io.turnlane.store.session.SessionStore.SessionHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Endpoints with which operators see and cancel the turns of any user's session. */
@Tag(name = "operations")
@RestController
@RequestMapping("/v1/ops/sessions/{sid}")
record OperatedSessionController(SessionStore sessions, RequestRecords requests, Cancellations cancellations) {

    private static final int MAX_REQUESTS = 100;
    private static final String REASON = "cancelled by an operator";

    /**
     * Session as operators see it.
     *
     * @param namespace namespace of the user; {@code -} without authentication
     * @param turns number of turns in memory
     * @param metadata null if the caller may not see texts of users
     * @param requests latest requests, newest first; without texts if the caller may not see them
     * @param history turns in memory, oldest first; null if the caller may not see them
     */
    record OperatedSession(
            SessionId sessionId,
            String namespace,
            @Nullable String userId,
            String agent,
            Instant createdAt,
            Instant lastActivity,
            String processingStage,
            long requestCount,
            Duration totalProcessingTime,
            int openRequests,
            long ttlSeconds,
            Usage usage,
            int turns,
            @Nullable Map<String, Object> metadata,
            List<RequestSummary> requests,
            @Nullable List<PastTurn> history) {}

    @Operation(
            operationId = "getOperatedSession",
            summary = "Get a session of any user",
            description = "Name the user by `user`, the id, or by `namespace`, as in lanes and log lines. Questions, "
                    + "answers and metadata are included only if the caller has the scope `content`.")
    @GetMapping
    ResponseEntity<OperatedSession> session(
            Operator operator,
            @PathVariable SessionId sid,
            @Parameter(description = "Id of the user; takes precedence over `namespace`")
                    @RequestParam(required = false)
                    @Nullable
                    String user,
            @Parameter(description = "Namespace of the user") @RequestParam(defaultValue = "-") String namespace) {
        SessionKey key = key(sid, user, namespace);
        SessionContext context = context(key);
        boolean content = operator.seesContent();
        List<PastTurn> turns = sessions.history(key).map(SessionHistory::turns).orElse(List.of());
        List<RequestSummary> recent = requests
                .page(key, EnumSet.allOf(RequestStatus.class), null, MAX_REQUESTS)
                .map(RequestPage::requests)
                .orElse(List.of())
                .stream()
                .map(request -> content ? RequestSummary.of(request) : RequestSummary.withoutContent(request))
                .toList();
        OperatedSession session = new OperatedSession(
                sid,
                key.namespace(),
                context.userId(),
                context.agent(),
                context.createdAt(),
                context.lastActivity(),
                context.processingStage(),
                context.requestCount(),
                context.totalProcessingTime(),
                context.openRequests(),
                context.ttlSeconds(),
                context.usage(),
                turns.size(),
                content ? context.metadata() : null,
                recent,
                content ? turns : null);
        return ResponseEntity.ok().header(HttpHeaders.CACHE_CONTROL, "no-store").body(session);
    }

    @Operation(
            operationId = "cancelAsOperator",
            summary = "Cancel a request of any user",
            description = "Does the same as `POST /v1/sessions/{sid}/requests/{rid}/cancel` of the user.")
    @ApiResponse(responseCode = "200", description = "The request had already ended")
    @ApiResponse(responseCode = "202", description = "The request has ended or will end as cancelled")
    @PostMapping("/requests/{rid}/cancel")
    ResponseEntity<Void> cancel(
            Operator operator,
            @PathVariable SessionId sid,
            @PathVariable RequestId rid,
            @Parameter(description = "Id of the user; takes precedence over `namespace`")
                    @RequestParam(required = false)
                    @Nullable
                    String user,
            @Parameter(description = "Namespace of the user") @RequestParam(defaultValue = "-") String namespace) {
        Caller owner = new Caller(context(key(sid, user, namespace)).userId());
        boolean cameTooLate = cancellations.cancel(owner, sid, rid, REASON).cameTooLate();
        return ResponseEntity.status(cameTooLate ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .header("X-Request-Id", rid.toString())
                .build();
    }

    private static SessionKey key(SessionId session, @Nullable String user, String namespace) {
        if (user != null && !user.isEmpty()) {
            return SessionKey.of(user, session);
        }
        try {
            return new SessionKey(namespace, session);
        } catch (IllegalArgumentException invalid) {
            throw ProblemDetailException.invalid("namespace must be - or have 16 characters from A-Z a-z 0-9 _ -");
        }
    }

    private SessionContext context(SessionKey key) {
        return sessions.context(key).orElseThrow(() -> ProblemDetailException.notFound("session"));
    }
}
