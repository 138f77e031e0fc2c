package io.turnlane.gateway.turns.sessions;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.ask.QuestionRules;
import io.turnlane.gateway.turns.ask.TurnIds;
import io.turnlane.gateway.turns.fleet.Fleet;
import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionState;
import io.turnlane.store.session.SessionContext;
import io.turnlane.store.session.SessionStore.SessionHistory;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Endpoints that list, create, read and delete sessions. */
@Tag(name = "sessions")
@RestController
@RequestMapping("/v1/sessions")
record SessionController(
        SessionService sessions,
        SessionPages pages,
        SessionCommands commands,
        QuestionRules rules,
        Fleet fleet,
        TurnIds ids) {

    private static final int MAX_PAGE = 100;

    /** Session id for a key of which only the caller's namespace is used; any id gives the same namespace. */
    private static final SessionId ANY = new SessionId("any");

    /**
     * @param agent agent that answers if a question names no agent
     * @param metadata client's own JSON object of at most 4 KiB
     * @param ttlSeconds time for which the session is kept without activity, at most 7 days
     */
    record SessionBody(
            @Nullable String agent,
            @Nullable Map<String, Object> metadata,
            @Nullable Long ttlSeconds) {

        static final SessionBody EMPTY = new SessionBody(null, null, null);
    }

    /**
     * @param damaged number of turns that are omitted because their stored form is damaged; absent if no turn is
     *     damaged
     */
    record TurnsResponse(
            List<PastTurn> turns,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Integer damaged) {}

    /** @param next value of {@code cursor} for the next page; null on the last page */
    record SessionListResponse(
            List<SessionContext> sessions, @Nullable String next) {}

    @Operation(
            operationId = "listSessions",
            summary = "List your sessions, newest first",
            description = "Sorted by the time of the last question, to the minute. A page may contain fewer sessions "
                    + "than `limit` although `next` indicates that more follow.")
    @GetMapping
    ResponseEntity<SessionListResponse> list(
            Caller caller,
            @Parameter(description = "Maximum number of sessions, from 1 to 100") @RequestParam(defaultValue = "50")
                    int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw ProblemDetailException.invalid("limit must be from 1 to " + MAX_PAGE);
        }
        String namespace = caller.sessionKey(ANY).namespace();
        SessionPages.SessionPage page =
                pages.page(namespace, cursor == null ? null : SessionCursor.parse(cursor), limit);
        SessionCursor next = page.next();
        return uncached(new SessionListResponse(page.sessions(), next == null ? null : next.toString()));
    }

    @Operation(operationId = "createSession", summary = "Create a session")
    @ResponseStatus(HttpStatus.CREATED)
    @PostMapping(consumes = "application/json")
    ResponseEntity<SessionContext> create(
            Caller caller,
            @RequestBody(required = false) @Nullable SessionBody sent,
            @Parameter(hidden = true) @RequestHeader(required = false) @Nullable String traceparent) {
        SessionBody body = sent == null ? SessionBody.EMPTY : sent;
        String agent = rules.agent(body.agent());
        fleet.requireAgent(agent);
        Instant now = ids.now();
        ImportSession command = new ImportSession(
                ids.next(), SessionId.random(), caller.userId(), now, stateOf(body, agent, now), null);
        // The command is needed to restore the agent and the metadata if Redis loses the session. All other data can be
        // restored from the session's questions.
        if (agent != null || !command.state().metadata().isEmpty()) {
            commands.submit(command, rules.traceparent(traceparent), () -> sessions.create(command));
        } else {
            sessions.create(command);
        }
        return ResponseEntity.created(URI.create("/v1/sessions/" + command.sessionId()))
                .body(sessions.find(command.key()));
    }

    private SessionState stateOf(SessionBody body, @Nullable String agent, Instant now) {
        return new SessionState(
                Objects.requireNonNullElse(agent, fleet.defaultAgent()),
                rules.metadata(body.metadata()),
                rules.sessionTtl(body.ttlSeconds()),
                now,
                0,
                Duration.ZERO,
                List.of());
    }

    @Operation(operationId = "getSession", summary = "Read a session's context")
    @GetMapping("/{sid}")
    ResponseEntity<SessionContext> context(Caller caller, @PathVariable SessionId sid) {
        return uncached(sessions.find(caller.sessionKey(sid)));
    }

    @Operation(
            operationId = "listTurns",
            summary = "Read a session's history",
            description = "Returns the latest turns, oldest first.")
    @GetMapping("/{sid}/turns")
    ResponseEntity<TurnsResponse> turns(Caller caller, @PathVariable SessionId sid) {
        SessionHistory history = sessions.history(caller.sessionKey(sid));
        return uncached(new TurnsResponse(
                history.turns().stream().map(PastTurn::withoutToolSteps).toList(),
                history.damaged() == 0 ? null : history.damaged()));
    }

    @Operation(
            operationId = "deleteSession",
            summary = "Delete a session",
            description = "The session is deleted after the turns that are already queued. The request at `Location` "
                    + "is completed when this has happened.")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @DeleteMapping("/{sid}")
    ResponseEntity<CommandAccepted> delete(
            Caller caller,
            @PathVariable SessionId sid,
            @Parameter(hidden = true) @RequestHeader(required = false) @Nullable String traceparent) {
        DeleteSession delete = new DeleteSession(ids.next(), sid, caller.userId(), ids.now());
        sessions.requireDeletable(delete.key());
        commands.submit(delete, rules.traceparent(traceparent));
        return CommandAccepted.response(delete, sid);
    }

    private static <T> ResponseEntity<T> uncached(T body) {
        return ResponseEntity.ok().header(HttpHeaders.CACHE_CONTROL, "no-store").body(body);
    }
}
