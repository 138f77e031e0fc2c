package io.turnlane.chaos.history;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code history.jsonl} or of an {@code agent-<process>.jsonl}: something that a process did or saw.
 *
 * <p>{@link #time()} is in microseconds since the run's start, by the driver's clock; in agents' files it is in
 * microseconds since 1970 until {@link RunFolder#readAgents} shifts it. {@link #op()} and {@link #type()} together name
 * the kind of line.
 */
public sealed interface HistoryLine {

    long time();

    /** Who says this: {@code client-7}, {@code processor-2}, {@code driver}. */
    String process();

    /** The operation. */
    default Op op() {
        return switch (this) {
            case QuestionPosted _, QuestionAccepted _, QuestionRejected _, QuestionUnresolved _ -> Op.ASK;
            case StreamOpened _, StreamEnded _ -> Op.STREAM;
            case EventReceived _ -> Op.EVENT;
            case StatusPolled _ -> Op.POLL;
            case FaultBegan _, FaultHealed _ -> Op.FAULT;
            case ProcessChanged _ -> Op.PROCESS;
            case AgentEntered _, AgentLeft _ -> Op.AGENT;
            case OffsetRead _ -> Op.COMMITTED;
            case CountersRead _ -> Op.FIGURES;
        };
    }

    /** How the operation stands with this line. */
    default OperationOutcome type() {
        return switch (this) {
            case QuestionPosted _, StreamOpened _, FaultBegan _, AgentEntered _ -> OperationOutcome.INVOKE;
            case QuestionAccepted _, EventReceived _, FaultHealed _, ProcessChanged _, OffsetRead _, CountersRead _ ->
                OperationOutcome.OK;
            case QuestionRejected _ -> OperationOutcome.FAIL;
            case QuestionUnresolved _ -> OperationOutcome.INFO;
            case StatusPolled poll -> poll.status() == null ? OperationOutcome.INFO : OperationOutcome.OK;
            case StreamEnded end -> end.ended() == StreamEnd.TERMINAL ? OperationOutcome.OK : OperationOutcome.INFO;
            case AgentLeft left -> left.outcome();
        };
    }

    /**
     * A client posts a question. A retry posts it again: same key, same canary.
     *
     * @param key the {@code Idempotency-Key}, null without one
     * @param canary the question's mark, {@code c-<session>-<n>}, unique in the run
     */
    record QuestionPosted(
            long time,
            String process,
            String session,
            @Nullable String key,
            String canary) implements HistoryLine {}

    /** The answer to a post was 2xx: the question is accepted. */
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

    /** The question was certainly not accepted: 4xx, or a refusal that says that nothing was published. */
    record QuestionRejected(
            long time,
            String process,
            String session,
            @Nullable String key,
            String canary,
            @Nullable String code,
            int http)
            implements HistoryLine {}

    /** Timed out, cut, or 503 with a request id: the question may be accepted or not. */
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

    /**
     * A client opens a connection for a stream.
     *
     * @param stream names what the client follows through all its connections
     * @param connection counts the stream's connections, from 1
     * @param request null where the stream is the whole session's
     * @param after the cursor to go on from
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

    /** A connection of a stream is over. */
    record StreamEnded(long time, String process, String stream, int connection, String session, StreamEnd ended)
            implements HistoryLine {}

    /**
     * A client received an event.
     *
     * @param event the event's type
     * @param attempt null where the server sent none, as with a gap
     * @param pos where a delta's text starts, in code points
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
     * A client asked how a request stands, and was told.
     *
     * @param sent when it asked; {@link #time()} is when it was told
     * @param status null where it wasn't told
     * @param text the answer, where there is one
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
     * @param id joins it with its {@link FaultHealed}
     * @param fault its kind, as {@code kill}, {@code freeze}, {@code redis_flush}, {@code swallow_replies}
     * @param target the process or the cable that it is done to
     */
    record FaultBegan(long time, String process, String id, String fault, String target) implements HistoryLine {}

    /**
     * The fault is over.
     *
     * @param hits how much work in flight it hit: running turns, connections or replies, as the fault's kind has it
     * @param recoverySeconds until the work that it hit went on, null where that wasn't measured
     */
    record FaultHealed(
            long time,
            String process,
            String id,
            int hits,
            @Nullable Double recoverySeconds) implements HistoryLine {}

    /** A process of the rig was started, was stopped or was killed. */
    record ProcessChanged(long time, String process, ProcessChange change) implements HistoryLine {}

    /**
     * The agent was entered.
     *
     * @param canary of the question
     * @param history the canaries of the turns that memory gave it, oldest first
     */
    record AgentEntered(
            long time, String process, String session, String request, int attempt, String canary, List<String> history)
            implements HistoryLine {
        public AgentEntered {
            history = List.copyOf(history);
        }
    }

    /** The agent was left: {@code OK} with its answer, {@code FAIL} with its error, {@code INFO} by an interrupt. */
    record AgentLeft(long time, String process, String session, String request, int attempt, OperationOutcome outcome)
            implements HistoryLine {
        public AgentLeft {
            if (outcome == OperationOutcome.INVOKE) {
                throw new IllegalArgumentException("an agent is left with ok, fail or info");
            }
        }
    }

    /**
     * What the driver read of the processors' group.
     *
     * @param offset of the turns topic's partition, committed; 0 where nothing is
     * @param end the partition's end
     */
    record OffsetRead(long time, String process, int partition, long offset, long end) implements HistoryLine {}

    /** Counters that the driver read of a process, by their names in the report: redeliveries, suppressed, … */
    record CountersRead(long time, String process, Map<String, Double> values) implements HistoryLine {
        public CountersRead {
            values = Map.copyOf(values);
        }
    }

    /** The operations, by their words in a line's {@code op}. */
    enum Op {
        ASK,
        STREAM,
        EVENT,
        POLL,
        FAULT,
        PROCESS,
        AGENT,
        COMMITTED,
        FIGURES
    }

    /** Why a connection of a stream ended. */
    enum StreamEnd {
        /** By the server, after a terminal event. */
        TERMINAL,
        /** The connection broke, or the client hung up on purpose. */
        CUT,
        /** The server refused it. */
        ERROR
    }

    /** What became of a process. */
    enum ProcessChange {
        STARTED,
        STOPPED,
        KILLED
    }
}
