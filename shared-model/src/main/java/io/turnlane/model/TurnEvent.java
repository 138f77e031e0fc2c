package io.turnlane.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turn event: a record on the events topic that informs clients about a turn.
 *
 * <p>An event is identified by request, attempt and {@code seq}. A terminal event is identified by its request only,
 * because a request has one end. Readers use this identity to recognise duplicates.
 *
 * @param attempt attempt that the event belongs to, from 1; 0 before the first attempt
 * @param seq number of the event within its attempt, from 0, without gaps; a terminal event can have
 *     {@link #SEQ_AFTER_ALL} instead of the next number
 * @param callback URL to which the turn's terminal event is posted, or null; stored in the record's headers and not
 *     shown to clients
 * @param agent agent of the turn, or null if it is unknown; stored in the headers of terminal events and not shown to
 *     clients
 * @param modelCalls calls of models in the attempt that this event ends; stored in the record's headers and not shown
 *     to clients
 */
public record TurnEvent(
        RequestId requestId,
        SessionId sessionId,
        int attempt,
        int seq,
        Instant at,
        Body body,
        @Nullable String callback,
        @Nullable String agent,
        List<CalledModel> modelCalls) {

    /**
     * Number of a terminal event whose publisher does not know the number of the attempt's previous event. It is larger
     * than any other number, so that clients can order events by number.
     */
    public static final int SEQ_AFTER_ALL = 1_000_000_000;

    public TurnEvent {
        modelCalls = List.copyOf(modelCalls);
    }

    /** Creates an event without a callback, an agent and calls of models. */
    public TurnEvent(RequestId requestId, SessionId sessionId, int attempt, int seq, Instant at, Body body) {
        this(requestId, sessionId, attempt, seq, at, body, null, null, List.of());
    }

    TurnEvent withBody(Body other) {
        return new TurnEvent(requestId, sessionId, attempt, seq, at, other, callback, agent, modelCalls);
    }

    /** Content of an event; each implementation is one event type of the contract. */
    public sealed interface Body {

        /** Returns the type of the event, as in SSE and in the record's {@code type} header. */
        default String type() {
            return switch (this) {
                case Queued _ -> "queued";
                case Started _ -> "started";
                case Stage _ -> "stage";
                case Delta _ -> "delta";
                case ArtifactMade _ -> "artifact";
                case ToolCalled _ -> "tool_call";
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
                case Queued _, Started _, Stage _, Delta _, ArtifactMade _, ToolCalled _, Retrying _ -> false;
                case Completed _, Failed _, Cancelled _, Superseded _, Rejected _ -> true;
            };
        }
    }

    /**
     * The turn waits for earlier turns of its session or for another reason.
     *
     * @param position number of turns ahead in the session's lane
     * @param estimatedWait estimated waiting time based on recent turns, or null if it is unknown
     * @param reason {@value #WAITING_FOR_AGENT} if the turn waits for a processor with its agent; null if it waits for
     *     earlier turns
     */
    public record Queued(
            int position,
            @Nullable Duration estimatedWait,
            @Nullable String reason) implements Body {

        /** Reason of a turn that waits because the owner of its session does not offer the turn's agent. */
        public static final String WAITING_FOR_AGENT = "waiting_for_agent";
    }

    /**
     * An attempt began. Clients must discard the text of earlier attempts.
     *
     * @param memory problem with the session's memory since its last turn, or null if there was none
     */
    public record Started(@Nullable MemoryIssue memory) implements Body {

        /** Creates an event without a memory problem. */
        public Started() {
            this(null);
        }
    }

    /** Description of the agent's current work, for people. */
    public record Stage(String stage) implements Body {

        /**
         * Beginning of the stage of an agent whose call of a model waits, because the limits of the provider allow no
         * call at the moment. The name of the provider follows.
         */
        public static final String WAITING_FOR_PROVIDER = "waiting for a free call of ";
    }

    /** Piece of the answer. It starts {@code pos} code points after the start of the answer. */
    public record Delta(String text, int pos) implements Body {}

    /** Table or chart of the answer. */
    public record ArtifactMade(Map<String, Object> artifact) implements Body {}

    /** The agent called a tool, and the call has ended. */
    public record ToolCalled(ToolCall call) implements Body {

        public ToolCalled(String tool, Duration duration, ToolOutcome outcome) {
            this(new ToolCall(tool, duration, outcome));
        }
    }

    /** The attempt failed. The next one starts at {@code retryAt}. */
    public record Retrying(TurnError error, Instant retryAt) implements Body {}

    /**
     * The turn has an answer.
     *
     * @param times times of the request record, if the event and these times contain everything about the finished
     *     request; otherwise null. Stored in the record's headers and not shown to clients
     * @param states states of the session's agents, if the turn has changed them; otherwise null. Stored in the
     *     record's headers and not shown to clients
     * @param toolSteps calls of tools that the session's history keeps. Stored in the record's headers and not shown to
     *     clients
     */
    public record Completed(
            Answer answer,
            @Nullable RequestTimes times,
            @Nullable AgentStates states,
            List<ToolStep> toolSteps) implements Body {

        public Completed(Answer answer) {
            this(answer, null);
        }

        /** Creates an event of a turn that has not changed the states of agents and keeps no calls of tools. */
        public Completed(Answer answer, @Nullable RequestTimes times) {
            this(answer, times, null, List.of());
        }
    }

    /** @param usage usage of all attempts */
    public record Failed(TurnError error, Usage usage) implements Body {

        /** Creates an event of a turn that called no model. */
        public Failed(TurnError error) {
            this(error, Usage.NONE);
        }
    }

    /**
     * A client cancelled the turn, or the policy of a later question did.
     *
     * @param usage usage of all attempts
     */
    public record Cancelled(EndCause cause, Usage usage) implements Body {

        /** Creates an event of a turn that called no model. */
        public Cancelled(EndCause cause) {
            this(cause, Usage.NONE);
        }
    }

    /** The question was merged into the question of a later turn, which answers both. */
    public record Superseded(EndCause cause) implements Body {}

    /** The question was rejected, because its session was busy and its policy was {@link TurnPolicy#REJECT}. */
    public record Rejected(EndCause cause) implements Body {}
}
