package io.turnlane.gateway.turns.sessions;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.ask.QuestionRules;
import io.turnlane.gateway.turns.ask.TurnIds;
import io.turnlane.gateway.turns.fleet.Fleet;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionState;
import io.turnlane.model.json.MergePatch;
import io.turnlane.store.session.SessionContext;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Endpoints that update, export, import and fork sessions. Each change is a command that the session's lane executes.
 * The {@code Location} header refers to the command's request, which shows its status.
 */
@Tag(name = "sessions")
@RestController
@RequestMapping("/v1/sessions/{sid}")
record SessionEditController(
        SessionService sessions,
        SessionCommands commands,
        SessionExport export,
        Fleet fleet,
        QuestionRules rules,
        TurnIds ids) {

    private static final String IN_ORDER =
            "The change is made after the turns that are already queued. Returns 202. The request at `Location` shows "
                    + "when it is done.";

    /**
     * Changes of a session. Absent fields remain unchanged.
     *
     * @param agent agent that answers later questions that name no agent
     * @param metadata merge patch (RFC 7396); a null value removes a field
     * @param ttlSeconds time for which the session is kept without activity, at most 7 days
     */
    record PatchBody(
            @Nullable String agent,
            @Nullable Map<String, Object> metadata,
            @Nullable Long ttlSeconds) {}

    /**
     * @param afterRequestId last turn to copy
     * @param sessionId id of the new session; random if absent
     */
    record ForkBody(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
            RequestId afterRequestId,

            @Nullable SessionId sessionId) {}

    @Operation(operationId = "updateSession", summary = "Change a session", description = IN_ORDER)
    @ResponseStatus(HttpStatus.ACCEPTED)
    @PatchMapping(consumes = {"application/json", "application/merge-patch+json"})
    ResponseEntity<CommandAccepted> update(
            Caller caller,
            @PathVariable SessionId sid,
            @RequestBody PatchBody body,
            @Parameter(hidden = true) @RequestHeader(required = false) @Nullable String traceparent) {
        String agent = rules.agent(body.agent());
        Duration ttl = body.ttlSeconds() == null ? null : rules.sessionTtl(body.ttlSeconds());
        if (agent == null && body.metadata() == null && ttl == null) {
            throw ProblemDetailException.invalid("There is nothing to change. Send agent, metadata or ttl_seconds.");
        }
        SessionContext context = sessions.findReady(caller.sessionKey(sid));
        fleet.requireAgent(agent);
        if (body.metadata() != null) {
            rules.metadata(body.metadata()); // limits the size of the patch; the size of the result is checked later
            rules.metadata(MergePatch.apply(context.metadata(), body.metadata()));
        }
        UpdateSession update =
                new UpdateSession(ids.next(), sid, caller.userId(), ids.now(), agent, body.metadata(), ttl);
        commands.submit(update, rules.traceparent(traceparent));
        return CommandAccepted.response(update, sid);
    }

    @Operation(
            operationId = "exportSession",
            summary = "Export a session",
            description = "Returns context and history as a document with a checksum, which `import` accepts.")
    @ApiResponse(
            responseCode = "200",
            description = "The exported session",
            content = @Content(schema = @Schema(implementation = SessionDocument.class)))
    @GetMapping("/export")
    ResponseEntity<Map<String, Object>> export(Caller caller, @PathVariable SessionId sid) {
        return ResponseEntity.ok()
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"session-" + sid + ".json\"")
                .body(export.write(sessions.snapshot(caller.sessionKey(sid)), ids.now()));
    }

    @Operation(
            operationId = "importSession",
            summary = "Import a session",
            description =
                    "Replaces context and history of the session with a document from `export`. Creates the session if "
                            + "it does not exist. " + IN_ORDER
                            + " Returns 422 and changes nothing if the checksum does not match.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(schema = @Schema(implementation = SessionDocument.class))))
    @ResponseStatus(HttpStatus.ACCEPTED)
    @PutMapping(path = "/import", consumes = "application/json")
    ResponseEntity<CommandAccepted> importSession(
            Caller caller,
            @PathVariable SessionId sid,
            @RequestBody byte[] document,
            @Parameter(hidden = true) @RequestHeader(required = false) @Nullable String traceparent) {
        SessionState state = export.read(document);
        fleet.requireAgent(rules.agent(state.agent()));
        var _ = rules.storedMetadata(state.metadata());
        rules.checkStates(state.agentStates());
        var _ = rules.sessionTtl(state.ttl().toSeconds());
        ImportSession command = new ImportSession(ids.next(), sid, caller.userId(), ids.now(), state, null);
        sessions.requireNotForking(command.key());
        commands.submit(command, rules.traceparent(traceparent), () -> sessions.createIfMissing(command));
        return CommandAccepted.response(command, sid);
    }

    @Operation(
            operationId = "forkSession",
            summary = "Fork a session",
            description = "Copies the session up to one of its turns into a new session. Until the copy is complete, "
                    + "questions to the new session return 409. " + IN_ORDER
                    + " Returns 404 if the session's memory does not contain the turn, and 409 `session_exists` if the "
                    + "new session already exists.")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @PostMapping(path = "/fork", consumes = "application/json")
    ResponseEntity<CommandAccepted> fork(
            Caller caller,
            @PathVariable SessionId sid,
            @RequestBody ForkBody body,
            @Parameter(hidden = true) @RequestHeader(required = false) @Nullable String traceparent) {
        if (body.afterRequestId() == null) {
            throw ProblemDetailException.invalid("after_request_id is required and must be the last turn to copy");
        }
        SessionId into = body.sessionId() == null ? SessionId.random() : body.sessionId();
        if (into.equals(sid)) {
            throw ProblemDetailException.invalid("session_id must differ from the id of the source session");
        }
        SessionContext source = sessions.findReady(caller.sessionKey(sid));
        long copied = sessions.requireTurn(caller.sessionKey(sid), body.afterRequestId());
        ForkSession fork = new ForkSession(ids.next(), sid, caller.userId(), ids.now(), body.afterRequestId(), into);
        ForkSession submitted = commands.submit(fork, source, copied, rules.traceparent(traceparent));
        sessions.addToList(caller.sessionKey(into), submitted.createdAt());
        return CommandAccepted.response(submitted, into);
    }
}
