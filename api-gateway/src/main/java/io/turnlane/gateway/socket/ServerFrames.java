package io.turnlane.gateway.socket;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.turnlane.gateway.deliver.Cursor;
import io.turnlane.gateway.problem.Problem;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.requests.RequestResource;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ProblemDetail;
import tools.jackson.databind.json.JsonMapper;

/** What the gateway says on a socket, as bytes. */
final class ServerFrames {

    private static final byte[] EVENT_HEAD = utf8("{\"type\":\"event\",\"cursor\":\"");
    private static final byte[] EVENT_NECK = utf8("\",\"event\":");

    private final JsonMapper json;

    ServerFrames(JsonMapper json) {
        this.json = json;
    }

    private record AcceptedFrame(
            String type, @Nullable String ref, RequestId requestId, SessionId sessionId, String cursor) {}

    private record SubscribedFrame(String type, @Nullable String ref, SessionId sessionId, String cursor) {}

    private record UnsubscribedFrame(String type, @Nullable String ref, SessionId sessionId) {}

    private record CursorFrame(String type, SessionId sessionId, String cursor) {}

    /** That a cancel is taken; the {@code cancelled} event says that it is done. */
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

    /** @param cursor where to go on if the connection is lost before the turn's first event */
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

    /** The client's place in a session in which nothing happened for long. */
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

    byte[] error(@Nullable String ref, ProblemDetailException refusal) {
        return json.writeValueAsBytes(new ErrorFrame("error", ref, Problem.of(refusal)));
    }

    byte[] pong(@Nullable String ref) {
        return json.writeValueAsBytes(new PongFrame("pong", ref));
    }

    /** Around the event's own bytes, which are not looked at. */
    static byte[] event(Cursor cursor, byte[] event) {
        byte[] place = utf8(cursor.toString());
        byte[] frame = new byte[EVENT_HEAD.length + place.length + EVENT_NECK.length + event.length + 1];
        int at = put(frame, 0, EVENT_HEAD);
        at = put(frame, at, place);
        at = put(frame, at, EVENT_NECK);
        at = put(frame, at, event);
        frame[at] = '}';
        return frame;
    }

    private static int put(byte[] into, int at, byte[] bytes) {
        System.arraycopy(bytes, 0, into, at, bytes.length);
        return at + bytes.length;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
