package io.turnlane.chaos.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code history.jsonl} or of an {@code agent-<process>.jsonl}: an action or an observation of a process.
 *
 * <p>{@link #time()} is in microseconds since the start of the run, by the driver's clock. In agent files, it is in
 * microseconds since 1970 until {@link RunFolder#readAgents} converts it. {@link #op()} and {@link #type()} together
 * identify the kind of line.
 */
public sealed interface HistoryLine {

    long time();

    /**
     * Returns the process that acted or that the line is about: {@code client-7}, {@code processor-2}, {@code driver}.
     */
    String process();

    /** Returns the operation to which this line belongs. */
    default Op op() {
        return switch (this) {
            case QuestionPosted _, QuestionAccepted _, QuestionRejected _, QuestionUnresolved _ -> Op.ASK;
            case CancelAccepted _ -> Op.CANCEL;
            case StreamOpened _, StreamEnded _ -> Op.STREAM;
            case StreamResumed _ -> Op.RESUME;
            case EventReceived _ -> Op.EVENT;
            case StatusPolled _ -> Op.POLL;
            case FaultBegan _, FaultHealed _ -> Op.FAULT;
            case AgentEntered _, AgentLeft _ -> Op.AGENT;
            case OffsetRead _ -> Op.COMMITTED;
        };
    }

    /** Returns the state of the operation as of this line. */
    default OperationOutcome type() {
        return switch (this) {
            case QuestionPosted _, StreamOpened _, FaultBegan _, AgentEntered _ -> OperationOutcome.INVOKE;
            case QuestionAccepted _, CancelAccepted _, StreamResumed _, EventReceived _, FaultHealed _, OffsetRead _ ->
                OperationOutcome.OK;
            case QuestionRejected _ -> OperationOutcome.FAIL;
            case QuestionUnresolved _ -> OperationOutcome.INFO;
            case StatusPolled poll -> poll.status() == null ? OperationOutcome.INFO : OperationOutcome.OK;
            case StreamEnded end -> end.ended() == StreamEnd.TERMINAL ? OperationOutcome.OK : OperationOutcome.INFO;
            case AgentLeft left -> left.outcome();
        };
    }

    /**
     * A client is about to post a question. A retry posts it again with the same key and the same canary.
     *
     * @param key the {@code Idempotency-Key}; null if there is none
     * @param canary {@code c-<session>-<n>}, which identifies the question and is unique in the run
     */
    record QuestionPosted(
            long time,
            String process,
            String session,
            @Nullable String key,
            String canary) implements HistoryLine {}

    /** The gateway answered a post with 200 or 202: the question is accepted. */
    record QuestionAccepted(
            long time,
            String process,
            String session,
            String request,
            @Nullable String key,
            String canary,
            int http,
            boolean replayed)
            implements HistoryLine {}

    /**
     * The question was certainly not accepted: the gateway answered with another status below 500, or the connection
     * was refused ({@code http} is then 0).
     */
    record QuestionRejected(
            long time,
            String process,
            String session,
            @Nullable String key,
            String canary,
            @Nullable String code,
            int http)
            implements HistoryLine {}

    /**
     * The outcome of a post is unknown: it timed out, its connection broke, or the gateway answered with 5xx. The
     * question was possibly accepted.
     */
    record QuestionUnresolved(
            long time,
            String process,
            String session,
            @Nullable String key,
            String canary,
            @Nullable String code,
            @Nullable Integer http,
            @Nullable String request)
            implements HistoryLine {}

    /** The gateway answered a cancel with 202: the request will end as cancelled. */
    record CancelAccepted(long time, String process, String session, String request) implements HistoryLine {}

    /**
     * A client opens a connection of an event stream.
     *
     * @param stream identifies the stream across all its connections
     * @param connection number of the connection within the stream, from 1
     * @param request null if the stream covers the whole session
     * @param after cursor from which to continue; null to start at the beginning
     */
    record StreamOpened(
            long time,
            String process,
            String stream,
            int connection,
            String session,
            @Nullable String request,
            @Nullable String after)
            implements HistoryLine {}

    /** A connection of a stream ended. */
    record StreamEnded(long time, String process, String stream, int connection, String session, StreamEnd ended)
            implements HistoryLine {}

    /**
     * A gateway serves a stream again that another connection served before it broke.
     *
     * @param connection number of the connection that serves the stream
     * @param cutAt time at which the client noticed the break
     */
    record StreamResumed(long time, String process, String stream, int connection, String session, long cutAt)
            implements HistoryLine {}

    /**
     * A client received an event.
     *
     * @param event type of the event
     * @param attempt null if the server sent none, as in a {@code gap} event
     * @param pos position in the answer at which the text of a delta starts, in code points
     */
    record EventReceived(
            long time,
            String process,
            String stream,
            int connection,
            String session,
            @Nullable String request,
            String event,
            @Nullable String cursor,
            @Nullable Integer attempt,
            @Nullable Integer seq,
            @Nullable Integer pos,
            @Nullable String text,
            @Nullable String canary)
            implements HistoryLine {}

    /**
     * A client polled the status of a request.
     *
     * @param sent time at which the client sent the poll; {@link #time()} is the time of the reply
     * @param status null if the client received no status
     * @param text the answer, if there is one
     */
    record StatusPolled(
            long time,
            String process,
            long sent,
            String session,
            String request,
            @Nullable String status,
            int attempt,
            @Nullable String text)
            implements HistoryLine {}

    /**
     * The driver begins a fault.
     *
     * @param id identifies the fault, also in its {@link FaultHealed}
     * @param fault kind of fault: {@code kill}, {@code freeze}, {@code flush}, {@code swallow}
     * @param target the process or network connection that the fault affects
     * @param turns requests that the agents of the target were answering when the fault began; if the target is not a
     *     processor, those of all agents
     */
    record FaultBegan(long time, String process, String id, String fault, String target, List<String> turns)
            implements HistoryLine {
        public FaultBegan {
            turns = List.copyOf(turns);
        }
    }

    /**
     * The fault is over.
     *
     * @param hits amount of work in progress that the fault hit: running turns, connections or replies, depending on
     *     its kind
     */
    record FaultHealed(long time, String process, String id, int hits) implements HistoryLine {}

    /**
     * The agent was called.
     *
     * @param canary canary of the question
     * @param history canaries of the turns in the memory that the agent received, oldest first
     */
    record AgentEntered(
            long time, String process, String session, String request, int attempt, String canary, List<String> history)
            implements HistoryLine {
        public AgentEntered {
            history = List.copyOf(history);
        }
    }

    /** An agent call ended: {@code OK} with an answer, {@code FAIL} with an error, {@code INFO} by an interrupt. */
    record AgentLeft(long time, String process, String session, String request, int attempt, OperationOutcome outcome)
            implements HistoryLine {
        public AgentLeft {
            if (outcome == OperationOutcome.INVOKE) {
                throw new IllegalArgumentException("an agent call ends with ok, fail or info");
            }
        }
    }

    /**
     * The driver read the committed offset of the processors' consumer group on a partition of the turns topic.
     *
     * @param offset the committed offset
     * @param end the end offset of the partition
     */
    record OffsetRead(long time, String process, int partition, long offset, long end) implements HistoryLine {}

    /** Returns true if an event of this type ends its request, which then has this status. */
    static boolean isTerminal(@Nullable String type) {
        return switch (type) {
            case "completed", "failed", "cancelled", "superseded", "rejected" -> true;
            case null, default -> false;
        };
    }

    /** Operations; the lower-case name is the value of a line's {@code op}. */
    enum Op {
        ASK,
        CANCEL,
        STREAM,
        RESUME,
        EVENT,
        POLL,
        FAULT,
        AGENT,
        COMMITTED
    }

    /** Reason why a connection of a stream ended. */
    enum StreamEnd {
        /** All turns that the client followed have ended. */
        TERMINAL,
        /** The connection ended before all the turns that the client followed. */
        CUT,
        /** The server rejected the connection. */
        ERROR
    }
}
