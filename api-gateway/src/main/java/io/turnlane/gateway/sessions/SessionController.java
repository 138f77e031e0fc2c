package io.turnlane.gateway.sessions;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.ask.QuestionIntake;
import io.turnlane.gateway.ask.QuestionRules;
import io.turnlane.gateway.ask.TurnIds;
import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.fleet.Fleet;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.sessions.SessionStore.SessionHistory;
import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionState;
import java.net.URI;
import java.time.Duration;
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

/** Sessions: make one, read its context and its turns, forget it. */
@Tag(name = "sessions")
@RestController
@RequestMapping("/v1/sessions")
final class SessionController {

    private static final int MOST_LISTED = 100;
    /** A caller's namespace is that of any of its sessions. */
    private static final SessionId ANY = new SessionId("any");

    private final SessionService sessions;
    private final SessionPages pages;
    private final SessionStore memory;
    private final SessionCommands commands;
    private final QuestionIntake intake;
    private final QuestionRules rules;
    private final Fleet fleet;
    private final TurnIds ids;

    SessionController(
            SessionService sessions,
            SessionPages pages,
            SessionStore memory,
            SessionCommands commands,
            QuestionIntake intake,
            QuestionRules rules,
            Fleet fleet,
            TurnIds ids) {
        this.sessions = sessions;
        this.pages = pages;
        this.memory = memory;
        this.commands = commands;
        this.intake = intake;
        this.rules = rules;
        this.fleet = fleet;
        this.ids = ids;
    }

    /**
     * @param agent who answers where a question names nobody
     * @param metadata the client's own JSON object, up to 4 KiB
     * @param ttlSeconds how long it lives without activity, up to 7 days
     */
    record SessionBody(
            @Nullable String agent,
            @Nullable Map<String, Object> metadata,
            @Nullable Long ttlSeconds) {}

    /** @param damaged how many turns are left out because their stored form is damaged; absent where none is */
    record TurnsResponse(
            List<PastTurn> turns,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Integer damaged) {}

    /** @param next send it as {@code cursor} for the next page; null where nothing is left */
    record SessionListResponse(
            List<SessionContext> sessions, @Nullable String next) {}

    @Operation(
            summary = "List your sessions, newest first",
            description = "By when each was last asked something, to the minute. A page may be shorter than its limit "
                    + "though `next` says that more follows.")
    @GetMapping
    ResponseEntity<SessionListResponse> list(
            Caller caller,
            @Parameter(description = "From 1 to 100") @RequestParam(defaultValue = "50") int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        if (limit < 1 || limit > MOST_LISTED) {
            throw ProblemDetailException.invalid("limit is from 1 to " + MOST_LISTED);
        }
        String namespace = caller.sessionKey(ANY).namespace();
        SessionPages.SessionPage page =
                pages.page(namespace, cursor == null ? null : SessionCursor.parse(cursor), limit);
        SessionCursor next = page.next();
        return fresh(new SessionListResponse(page.sessions(), next == null ? null : next.toString()));
    }

    @Operation(summary = "Make a session")
    @ResponseStatus(HttpStatus.CREATED)
    @PostMapping(consumes = "application/json")
    ResponseEntity<SessionContext> create(
            Caller caller,
            @RequestBody SessionBody body,
            @Parameter(hidden = true) @RequestHeader(required = false) @Nullable String traceparent) {
        String agent = rules.agent(body.agent());
        intake.requireAgent(agent);
        ImportSession made = new ImportSession(
                ids.next(), SessionId.random(), caller.userId(), ids.now(), stateOf(body, agent), null);
        sessions.create(made);
        if (agent != null || !made.state().metadata().isEmpty()) { // else each of its questions says what it is
            commands.submit(made, rules.traceparent(traceparent));
        }
        return ResponseEntity.created(URI.create("/v1/sessions/" + made.sessionId()))
                .body(sessions.find(made.key()));
    }

    private SessionState stateOf(SessionBody body, @Nullable String agent) {
        return new SessionState(
                Objects.requireNonNullElse(agent, fleet.defaultAgent()),
                rules.metadata(body.metadata()),
                rules.sessionTtl(body.ttlSeconds()),
                ids.now(),
                0,
                Duration.ZERO,
                List.of());
    }

    @Operation(summary = "Read a session's context")
    @GetMapping("/{sid}")
    ResponseEntity<SessionContext> context(Caller caller, @PathVariable SessionId sid) {
        return fresh(sessions.find(caller.sessionKey(sid)));
    }

    @Operation(summary = "Read a session's history", description = "The last turns, oldest first.")
    @GetMapping("/{sid}/turns")
    ResponseEntity<TurnsResponse> turns(Caller caller, @PathVariable SessionId sid) {
        SessionHistory history =
                memory.history(caller.sessionKey(sid)).orElseThrow(() -> ProblemDetailException.notFound("session"));
        return fresh(new TurnsResponse(history.turns(), history.damaged() == 0 ? null : history.damaged()));
    }

    @Operation(summary = "Forget a session", description = "In order, after the turns that are already queued.")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @DeleteMapping("/{sid}")
    ResponseEntity<CommandAccepted> delete(
            Caller caller,
            @PathVariable SessionId sid,
            @Parameter(hidden = true) @RequestHeader(required = false) @Nullable String traceparent) {
        DeleteSession delete = new DeleteSession(ids.next(), sid, caller.userId(), ids.now());
        sessions.find(delete.key());
        commands.publish(delete, rules.traceparent(traceparent));
        return ResponseEntity.accepted()
                .header("X-Request-Id", delete.requestId().toString())
                .body(new CommandAccepted(sid, delete.requestId()));
    }

    private static <T> ResponseEntity<T> fresh(T body) {
        return ResponseEntity.ok().header(HttpHeaders.CACHE_CONTROL, "no-store").body(body);
    }
}
