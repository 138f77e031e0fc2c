package io.turnlane.gateway.turns.socket;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.turnlane.gateway.problem.Problem;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.deliver.Cursor;
import io.turnlane.gateway.turns.requests.RequestResource;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ProblemDetail;
import tools.jackson.databind.json.JsonMapper;

/** Creates the frames that the gateway sends, as bytes. Safe for use by multiple threads. */
record ServerFrames(JsonMapper json) {

    private static final byte[] EVENT_PREFIX = utf8("{\"type\":\"event\",\"cursor\":\"");
    private static final byte[] EVENT_INFIX = utf8("\",\"event\":");

    private record AcceptedFrame(
            String type, @Nullable String ref, RequestId requestId, SessionId sessionId, String cursor) {}

    private record SubscribedFrame(String type, @Nullable String ref, SessionId sessionId, String cursor) {}

    private record UnsubscribedFrame(String type, @Nullable String ref, SessionId sessionId) {}

    private record CursorFrame(String type, SessionId sessionId, String cursor) {}

    /** Confirms that the gateway accepted a cancel. The {@code cancelled} event follows when the turn has ended. */
    private record CancellingFrame(
            String type,
            @Nullable String ref,
            RequestId requestId,
            SessionId sessionId,
            RequestStatus status,
            boolean cancelRequested) {}

    private record ErrorFrame(String type, @Nullable String ref, ProblemDetail problem) {}

    private record PongFrame(
            String type,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String ref) {}

    /**
     * Confirms that a question was accepted.
     *
     * @param cursor cursor from which to continue if the connection is lost before the first event of the turn
     */
    byte[] accepted(@Nullable String ref, RequestResource request, Cursor cursor) {
        return json.writeValueAsBytes(
                new AcceptedFrame("accepted", ref, request.requestId(), request.sessionId(), cursor.toString()));
    }

    byte[] subscribed(@Nullable String ref, SessionId session, Cursor cursor) {
        return json.writeValueAsBytes(new SubscribedFrame("subscribed", ref, session, cursor.toString()));
    }

    byte[] unsubscribed(@Nullable String ref, SessionId session) {
        return json.writeValueAsBytes(new UnsubscribedFrame("unsubscribed", ref, session));
    }

    /** Sends the client's current cursor in a session that had no events for a while. */
    byte[] cursor(SessionId session, Cursor cursor) {
        return json.writeValueAsBytes(new CursorFrame("cursor", session, cursor.toString()));
    }

    byte[] cancelling(@Nullable String ref, RequestResource request) {
        return json.writeValueAsBytes(new CancellingFrame(
                "accepted",
                ref,
                request.requestId(),
                request.sessionId(),
                request.status(),
                request.cancelRequested()));
    }

    byte[] error(@Nullable String ref, ProblemDetailException problem) {
        return json.writeValueAsBytes(new ErrorFrame("error", ref, Problem.of(problem)));
    }

    byte[] pong(@Nullable String ref) {
        return json.writeValueAsBytes(new PongFrame("pong", ref));
    }

    /** Wraps the bytes of an event in a frame without parsing them. */
    static byte[] event(Cursor cursor, byte[] event) {
        byte[] cursorBytes = utf8(cursor.toString());
        byte[] frame = new byte[EVENT_PREFIX.length + cursorBytes.length + EVENT_INFIX.length + event.length + 1];
        int position = put(frame, 0, EVENT_PREFIX);
        position = put(frame, position, cursorBytes);
        position = put(frame, position, EVENT_INFIX);
        position = put(frame, position, event);
        frame[position] = '}';
        return frame;
    }

    private static int put(byte[] into, int position, byte[] bytes) {
        System.arraycopy(bytes, 0, into, position, bytes.length);
        return position + bytes.length;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
