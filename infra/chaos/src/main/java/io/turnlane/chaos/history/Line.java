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
public sealed interface Line {

    long time();

    /** Who says this: {@code client-7}, {@code processor-2}, {@code driver}. */
    String process();

    /** The operation. */
    default Op op() {
        return switch (this) {
            case Asked _, Accepted _, Refused _, Unsettled _ -> Op.ASK;
            case StreamOpened _, StreamEnded _ -> Op.STREAM;
            case Received _ -> Op.EVENT;
            case Polled _ -> Op.POLL;
            case FaultBegan _, FaultHealed _ -> Op.FAULT;
            case ProcessChanged _ -> Op.PROCESS;
            case AgentEntered _, AgentLeft _ -> Op.AGENT;
            case Committed _ -> Op.COMMITTED;
            case Figures _ -> Op.FIGURES;
        };
    }

    /** How the operation stands with this line. */
    default Outcome type() {
        return switch (this) {
            case Asked _, StreamOpened _, FaultBegan _, AgentEntered _ -> Outcome.INVOKE;
            case Accepted _, Received _, FaultHealed _, ProcessChanged _, Committed _, Figures _ -> Outcome.OK;
            case Refused _ -> Outcome.FAIL;
            case Unsettled _ -> Outcome.INFO;
            case Polled poll -> poll.status() == null ? Outcome.INFO : Outcome.OK;
            case StreamEnded end -> end.ended() == StreamEnd.TERMINAL ? Outcome.OK : Outcome.INFO;
            case AgentLeft left -> left.outcome();
        };
    }

    /**
     * A client posts a question. A retry posts it again: same key, same canary.
     *
     * @param key the {@code Idempotency-Key}, null without one
     * @param canary the question's mark, {@code c-<session>-<n>}, unique in the run
     */
    record Asked(
            long time,
            String process,
            String session,
            @Nullable String key,
            String canary) implements Line {}

    /** The answer to a post was 2xx: the question is accepted. */
    record Accepted(
            long time,
            String process,
            String session,
            String request,
            @Nullable String key,
            String canary,
            int http,
            boolean replayed)
            implements Line {}

    /** The question was certainly not accepted: 4xx, or a refusal that says that nothing was published. */
    record Refused(
            long time,
            String process,
            String session,
            @Nullable String key,
            String canary,
            @Nullable String code,
            int http)
            implements Line {}

    /** Timed out, cut, or 503 with a request id: the question may be accepted or not. */
    record Unsettled(
            long time,
            String process,
            String session,
            @Nullable String key,
            String canary,
            @Nullable String code,
            @Nullable Integer http,
            @Nullable String request)
            implements Line {}

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
            implements Line {}

    /** A connection of a stream is over. */
    record StreamEnded(long time, String process, String stream, int connection, String session, StreamEnd ended)
            implements Line {}

    /**
     * A client received an event.
     *
     * @param event the event's type
     * @param attempt null where the server sent none, as with a gap
     * @param pos where a delta's text starts, in code points
     */
    record Received(
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
            implements Line {}

    /**
     * A client asked how a request stands, and was told.
     *
     * @param sent when it asked; {@link #time()} is when it was told
     * @param status null where it wasn't told
     * @param text the answer, where there is one
     */
    record Polled(
            long time,
            String process,
            long sent,
            String session,
            String request,
            @Nullable String status,
            int attempt,
            @Nullable String text)
            implements Line {}

    /**
     * The driver begins a fault.
     *
     * @param id joins it with its {@link FaultHealed}
     * @param fault its kind, as {@code kill}, {@code freeze}, {@code redis_flush}, {@code swallow_replies}
     * @param target the process or the cable that it is done to
     */
    record FaultBegan(long time, String process, String id, String fault, String target) implements Line {}

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
            @Nullable Double recoverySeconds) implements Line {}

    /** A process of the rig was started, was stopped or was killed. */
    record ProcessChanged(long time, String process, ProcessChange change) implements Line {}

    /**
     * The agent was entered.
     *
     * @param canary of the question
     * @param history the canaries of the turns that memory gave it, oldest first
     */
    record AgentEntered(
            long time, String process, String session, String request, int attempt, String canary, List<String> history)
            implements Line {
        public AgentEntered {
            history = List.copyOf(history);
        }
    }

    /** The agent was left: {@code OK} with its answer, {@code FAIL} with its error, {@code INFO} by an interrupt. */
    record AgentLeft(long time, String process, String session, String request, int attempt, Outcome outcome)
            implements Line {
        public AgentLeft {
            if (outcome == Outcome.INVOKE) {
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
    record Committed(long time, String process, int partition, long offset, long end) implements Line {}

    /** Counters that the driver read of a process, by their names in the report: redeliveries, suppressed, … */
    record Figures(long time, String process, Map<String, Double> values) implements Line {
        public Figures {
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
