package io.turnlane.gateway.turns.stream;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.turns.deliver.Cursor;
import io.turnlane.gateway.turns.requests.ClientCursor;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Endpoints for server-sent events of a request, until it ends, or of a session, until the client disconnects. */
@Tag(name = "events")
@RestController
record StreamController(RequestStreams requests, SessionStreams sessions) {

    @Operation(
            operationId = "followRequest",
            summary = "Follow a request",
            description = "Streams the events of the request, from its beginning or after the cursor, until it ends. "
                    + "Returns 204 if the cursor is at or after the end of the request.")
    @ApiResponse(
            responseCode = "200",
            description = "Stream of events",
            content = @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE, schema = @Schema(type = "string")))
    @ApiResponse(responseCode = "204", description = "No events follow this cursor", content = @Content)
    @GetMapping(path = "/v1/sessions/{sid}/requests/{rid}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void requestEvents(
            Caller caller,
            @PathVariable SessionId sid,
            @PathVariable RequestId rid,
            @Parameter(description = "The cursor of the last event received; takes precedence over `after`")
                    @RequestHeader(name = "Last-Event-ID", required = false)
                    @Nullable
                    String lastEventId,
            @Parameter(description = "The cursor of the last event received, for clients that can't set the header")
                    @RequestParam(required = false)
                    @Nullable
                    String after,
            HttpServletRequest request,
            HttpServletResponse response) {
        Cursor cursor = cursor(lastEventId, after);
        response.setHeader("X-Request-Id", rid.toString());
        requests.serve(caller.sessionKey(sid), rid, cursor, isHead(request), response);
    }

    @Operation(
            operationId = "followSession",
            summary = "Follow a session",
            description = "Streams the events of all requests of the session, from now on or after the cursor, until "
                    + "the client disconnects.")
    @ApiResponse(
            responseCode = "200",
            description = "Stream of events",
            content = @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE, schema = @Schema(type = "string")))
    @GetMapping(path = "/v1/sessions/{sid}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void sessionEvents(
            Caller caller,
            @PathVariable SessionId sid,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
            @RequestParam(required = false) @Nullable String after,
            HttpServletRequest request,
            HttpServletResponse response) {
        sessions.serve(caller.sessionKey(sid), cursor(lastEventId, after), isHead(request), response);
    }

    /**
     * Parses the cursor. {@code Last-Event-ID} takes precedence over the parameter {@code after}: when an EventSource
     * reconnects, it repeats the URL, but sends its latest cursor in the header.
     */
    private static @Nullable Cursor cursor(@Nullable String lastEventId, @Nullable String after) {
        String text = lastEventId == null || lastEventId.isEmpty() ? after : lastEventId;
        return ClientCursor.read(text == null || text.isEmpty() ? null : text);
    }

    private static boolean isHead(HttpServletRequest request) {
        return request.getMethod().equals("HEAD");
    }
}
