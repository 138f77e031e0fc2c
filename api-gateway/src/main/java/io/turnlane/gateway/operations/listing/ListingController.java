package io.turnlane.gateway.operations.listing;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.guard.caller.Operator;
import io.turnlane.gateway.operations.listing.Listings.Listing;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.Usage;
import io.turnlane.store.request.RequestOverview;
import io.turnlane.store.session.SessionOverview;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Endpoints that list the sessions and requests of all users, without their texts. */
@Tag(name = "operations")
@RestController
record ListingController(Listings listings) {

    private static final int MAX_LIMIT = 1000;

    /** Latest time that Redis can compare exactly. */
    private static final Instant ALWAYS = Instant.parse("9999-12-31T00:00:00Z");

    private static final String USER_HELP = "Id of the user. Without it, the gateway scans the keys of Redis.";
    private static final String COMPLETE_HELP =
            "A search takes at most 8 s. `complete` is false if it did not look at all sessions in this time.";

    /** @param complete false if the time limit ended the search */
    record OperatorSessionsResponse(List<OperatorSession> sessions, boolean complete) {}

    /** @param complete false if the time limit ended the search */
    record OperatorRequestsResponse(List<OperatorRequest> requests, boolean complete) {}

    /**
     * Session of any user.
     *
     * @param namespace namespace of the user's sessions; {@code -} without authentication
     */
    record OperatorSession(
            SessionId sessionId,
            @Nullable String userId,
            String namespace,
            String agent,
            Instant createdAt,
            Instant lastActivity,
            long requestCount,
            int openRequests,
            long ttlSeconds,
            Usage usage) {

        static OperatorSession of(SessionOverview session) {
            return new OperatorSession(
                    session.session().sessionId(),
                    session.userId(),
                    session.session().namespace(),
                    session.agent(),
                    session.createdAt(),
                    session.lastActivity(),
                    session.requestCount(),
                    session.openRequests(),
                    session.ttlSeconds(),
                    session.usage());
        }
    }

    /**
     * Request of any user.
     *
     * @param userId user; null without authentication, or if the session has expired
     * @param namespace namespace of the user's sessions; {@code -} without authentication
     * @param type type of a command; null for a question
     * @param code code of the error of a failed request
     */
    record OperatorRequest(
            RequestId requestId,
            SessionId sessionId,
            @Nullable String userId,
            String namespace,
            @Nullable String type,
            String status,
            @Nullable String agent,
            @Nullable String route,
            @Nullable String code,
            int attempt,
            @Nullable String processor,
            Instant createdAt,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt) {

        static OperatorRequest of(RequestOverview request) {
            return new OperatorRequest(
                    request.requestId(),
                    request.session().sessionId(),
                    request.userId(),
                    request.session().namespace(),
                    request.type(),
                    request.status(),
                    request.agent(),
                    request.route(),
                    request.code(),
                    request.attempt(),
                    request.processor(),
                    request.createdAt(),
                    request.startedAt(),
                    request.finishedAt());
        }
    }

    @Operation(
            operationId = "listAllSessions",
            summary = "List the sessions of all users, the most recently active first",
            description = "Contains no questions and no answers. " + COMPLETE_HELP)
    @GetMapping("/v1/ops/sessions")
    ResponseEntity<OperatorSessionsResponse> sessions(
            Operator operator,
            @Parameter(description = USER_HELP) @RequestParam(required = false) @Nullable String user,
            @RequestParam(required = false) @Nullable SessionId session,
            @RequestParam(required = false) @Nullable String agent,
            @Parameter(description = "Earliest last activity") @RequestParam(required = false) @Nullable Instant from,
            @Parameter(description = "Latest last activity") @RequestParam(required = false) @Nullable Instant to,
            @Parameter(description = "Maximum number of sessions, from 1 to 1000") @RequestParam(defaultValue = "50")
                    int limit) {
        Selection selection = selection(user, session, agent, null, null, from, to);
        Listing<SessionOverview> found = listings.sessions(selection, checked(limit));
        return uncached(new OperatorSessionsResponse(
                found.elements().stream().map(OperatorSession::of).toList(), found.complete()));
    }

    @Operation(
            operationId = "listAllRequests",
            summary = "List the requests of all users, newest first",
            description =
                    "Contains no questions and no answers. Requests are listed for 24 h by default. " + COMPLETE_HELP)
    @GetMapping("/v1/ops/requests")
    ResponseEntity<OperatorRequestsResponse> requests(
            Operator operator,
            @Parameter(description = USER_HELP) @RequestParam(required = false) @Nullable String user,
            @RequestParam(required = false) @Nullable SessionId session,
            @Parameter(description = "Name of the agent, or of the route that chose it")
                    @RequestParam(required = false)
                    @Nullable
                    String agent,
            @Parameter(description = "Statuses, for example `failed,cancelled`; `open` selects all that have not ended")
                    @RequestParam(required = false)
                    @Nullable
                    List<String> status,
            @Parameter(description = "Code of the error, for example `agent_error`")
                    @RequestParam(required = false)
                    @Nullable
                    String code,
            @Parameter(description = "Earliest creation") @RequestParam(required = false) @Nullable Instant from,
            @Parameter(description = "Latest creation") @RequestParam(required = false) @Nullable Instant to,
            @Parameter(description = "Maximum number of requests, from 1 to 1000") @RequestParam(defaultValue = "50")
                    int limit) {
        Selection selection = selection(user, session, agent, status, code, from, to);
        Listing<RequestOverview> found = listings.requests(selection, checked(limit));
        return uncached(new OperatorRequestsResponse(
                found.elements().stream().map(OperatorRequest::of).toList(), found.complete()));
    }

    private static Selection selection(
            @Nullable String user,
            @Nullable SessionId session,
            @Nullable String agent,
            @Nullable List<String> status,
            @Nullable String code,
            @Nullable Instant from,
            @Nullable Instant to) {
        return new Selection(
                user,
                session,
                agent,
                statuses(Objects.requireNonNullElse(status, List.of())),
                code,
                Objects.requireNonNullElse(from, Instant.EPOCH),
                Objects.requireNonNullElse(to, ALWAYS));
    }

    private static Set<String> statuses(List<String> names) {
        Set<String> statuses = new HashSet<>();
        for (String name : names) {
            try {
                statuses.add(name.equals("open") ? name : RequestStatus.of(name).wire());
            } catch (IllegalArgumentException e) {
                throw ProblemDetailException.invalid(String.valueOf(e.getMessage()));
            }
        }
        return statuses;
    }

    private static int checked(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw ProblemDetailException.invalid("limit must be from 1 to " + MAX_LIMIT);
        }
        return limit;
    }

    private static <T> ResponseEntity<T> uncached(T body) {
        return ResponseEntity.ok().header(HttpHeaders.CACHE_CONTROL, "no-store").body(body);
    }
}
