package io.turnlane.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One record on the events topic: what clients are told about a turn.
 *
 * <p>Its identity is (request, attempt, seq); that of a terminal event is (request, {@code end}), whatever its attempt,
 * so that a reader recognises a twin.
 *
 * @param callback where the end of this turn is to be posted to; travels in the record's headers, and clients don't see
 *     it
 * @param attempt which run of the turn says this, from 1; 0 before the first
 * @param seq counts the events of one attempt, from 0
 */
public record TurnEvent(
        RequestId requestId,
        SessionId sessionId,
        int attempt,
        int seq,
        Instant at,
        Body body,
        @Nullable String callback) {

    /** One that nobody is called back for. */
    public TurnEvent(RequestId requestId, SessionId sessionId, int attempt, int seq, Instant at, Body body) {
        this(requestId, sessionId, attempt, seq, at, body, null);
    }

    /** What happened; each case is one event type of the contract. */
    public sealed interface Body {

        /** The event's name, in SSE and in the record's {@code type} header. */
        default String type() {
            return switch (this) {
                case Queued _ -> "queued";
                case Started _ -> "started";
                case Stage _ -> "stage";
                case Delta _ -> "delta";
                case ArtifactMade _ -> "artifact";
                case Retrying _ -> "retrying";
                case Completed _ -> "completed";
                case Failed _ -> "failed";
                case Cancelled _ -> "cancelled";
                case Superseded _ -> "superseded";
                case Rejected _ -> "rejected";
            };
        }

        default boolean endsTurn() {
            return switch (this) {
                case Queued _, Started _, Stage _, Delta _, ArtifactMade _, Retrying _ -> false;
                case Completed _, Failed _, Cancelled _, Superseded _, Rejected _ -> true;
            };
        }
    }

    /**
     * Waiting behind {@code position} earlier turns of its session.
     *
     * @param estimatedWait how long that may take, as turns took lately; null where nothing is known of that
     */
    public record Queued(int position, @Nullable Duration estimatedWait) implements Body {

        /** Where nobody knows how long. */
        public Queued(int position) {
            this(position, null);
        }
    }

    /**
     * An attempt began; text shown so far by an earlier attempt is void.
     *
     * @param memory what happened to the session's memory since its last turn; null where nothing did
     */
    public record Started(@Nullable MemoryIssue memory) implements Body {

        /** With its memory as it should be. */
        public Started() {
            this(null);
        }
    }

    /** What the agent is doing, in words. */
    public record Stage(String stage) implements Body {}

    /** A piece of the answer; {@code pos} is where it starts, in code points. */
    public record Delta(String text, int pos) implements Body {}

    /** A table or a chart. */
    public record ArtifactMade(Map<String, Object> artifact) implements Body {}

    /** The attempt failed; another follows at {@code retryAt}. */
    public record Retrying(TurnError error, Instant retryAt) implements Body {}

    public record Completed(Answer answer) implements Body {}

    public record Failed(TurnError error) implements Body {}

    /** Somebody didn't want the answer any more. */
    public record Cancelled(EndCause cause) implements Body {}

    /** Its question was merged into that of a later turn, which answers both. */
    public record Superseded(EndCause cause) implements Body {}

    /** Its session was busy, and it didn't want to wait. */
    public record Rejected(EndCause cause) implements Body {}
}
