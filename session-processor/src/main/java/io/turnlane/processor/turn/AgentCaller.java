package io.turnlane.processor.turn;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnError;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.CurrentTurn;
import io.turnlane.processor.agent.Question;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.processor.lane.Delay;
import io.turnlane.processor.lane.Delay.Cancellation;
import io.turnlane.processor.turn.Flight.AgentAbandonedException;
import io.turnlane.processor.turn.TurnStreams.TurnStream;
import io.turnlane.store.memory.BeginResult;
import io.turnlane.store.memory.Memory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the agent within a flight (one execution of a turn). A lane thread waits while the agent runs on a thread of
 * its own. Only the agent's thread is interrupted: if the agent's time limit or the turn's deadline passes, if the
 * answer is too large, if the turn is cancelled, or if the flight is released. An agent that answers at once runs on
 * the lane thread and is not interrupted. Thread-safe.
 */
final class AgentCaller {

    private static final Logger log = LoggerFactory.getLogger(AgentCaller.class);

    private final AgentCatalog agents;
    private final AnswerLimits limits;
    private final WireFormat wire;
    private final Delay delay;
    private final Executor executor;

    AgentCaller(AgentCatalog agents, AnswerLimits limits, WireFormat wire, Delay delay, Executor executor) {
        this.agents = agents;
        this.limits = limits;
        this.wire = wire;
        this.delay = delay;
        this.executor = executor;
    }

    /** Outcome of the call. */
    sealed interface CallResult {

        record AgentAnswered(Answer answer) implements CallResult {}

        /**
         * The agent failed.
         *
         * @param permanent true if another attempt would fail in the same way
         */
        record AgentFailed(TurnError error, boolean permanent) implements CallResult {}

        /**
         * The agent was stopped without an answer, because the partition left or the processor stops. Another flight
         * runs the turn later.
         */
        record AgentReleased() implements CallResult {}

        record AgentCancelled() implements CallResult {}
    }

    /** Returns true if the agent answers the question at once, and can therefore run on the lane's thread. */
    boolean answersAtOnce(Ask ask) {
        try {
            return agents.answersAtOnce(ask.agent(), questionOf(ask));
        } catch (RuntimeException | Error e) {
            return false; // a defect of the agent's factory, from which the agent's own thread protects the lane
        }
    }

    /**
     * Publishes the {@code started} event and calls the agent. If the flight was stopped before this call, publishes
     * nothing and does not call the agent.
     *
     * @param atOnce true to call the agent on the calling thread, without time limit, because it answers at once
     */
    CallResult call(Flight flight, Ask ask, BeginResult.RunTurn run, TurnStream stream, boolean atOnce) {
        if (!flight.enterAgent()) {
            return flight.isCancelled() ? new CallResult.AgentCancelled() : new CallResult.AgentReleased();
        }
        stream.publishStarted(run.memoryIssue());
        List<Cancellation> timers = atOnce ? List.of() : startTimers(flight, ask, run);
        try {
            AgentOutput output = new AgentOutput(stream, flight, wire);
            Callable<Answer> agent = () -> output.complete(answer(ask, run, output));
            return accept(flight, atOnce ? flight.callAgentHere(agent) : flight.callAgent(executor, agent));
        } catch (TerminalAgentException e) {
            return flight.isCancelled()
                    ? new CallResult.AgentCancelled()
                    : failed(e.code(), AgentOutput.line(e.getMessage()), true);
        } catch (Throwable e) {
            return failure(flight, ask, e);
        } finally {
            timers.forEach(Cancellation::cancel);
        }
    }

    /** Returns the maximum time that a turn waits for a processor with the agent; empty if it must not wait. */
    Optional<Duration> maxWait(String agent) {
        return agents.maxWait(agent);
    }

    private List<Cancellation> startTimers(Flight flight, Ask ask, BeginResult.RunTurn run) {
        Cancellation timeout = delay.after(
                agents.timeout(ask.agent()).orElse(limits.timeout()), () -> flight.stop(Flight.StopReason.TIMEOUT));
        return run.timeLeft() == null
                ? List.of(timeout)
                : List.of(timeout, delay.after(run.timeLeft(), () -> flight.stop(Flight.StopReason.DEADLINE)));
    }

    /**
     * Returns the result for an answer of the agent. Accepts the answer even if the flight was meanwhile released to
     * another processor. Discards the answer if the flight was stopped for another reason.
     */
    private CallResult accept(Flight flight, Answer answer) {
        Flight.@Nullable StopReason stop = flight.stopReason();
        return stop == null || stop == Flight.StopReason.RELEASED ? checkSize(answer) : stopped(stop);
    }

    private Answer answer(Ask ask, BeginResult.RunTurn run, AnswerSink sink) throws Exception {
        CurrentTurn current = new CurrentTurn(ask.requestId(), ask.sessionId(), ask.userId(), run.attempt());
        return current.call(
                () -> agents.create(ask.agent()).answer(questionOf(ask), answeredTurns(run.memory()), sink));
    }

    private static Question questionOf(Ask ask) {
        return new Question(ask.question(), ask.metadata());
    }

    /** Returns the memory without turns that have no answer, because they were cancelled while they ran. */
    private static Memory answeredTurns(Memory memory) {
        List<PastTurn> turns =
                memory.turns().stream().filter(turn -> turn.answer() != null).toList();
        return new Memory(turns, memory.damaged());
    }

    private CallResult checkSize(Answer answer) {
        return textTooLarge(answer) || artifactsTooLarge(answer) ? tooLarge() : new CallResult.AgentAnswered(answer);
    }

    private boolean textTooLarge(Answer answer) {
        return answer.text().getBytes(StandardCharsets.UTF_8).length > limits.textBytes();
    }

    /**
     * Returns true if artifacts and sources together are too large. Sources count because the whole answer must fit in
     * one record.
     */
    private boolean artifactsTooLarge(Answer answer) {
        return sizeOf(answer.artifacts()) + sizeOf(answer.sources()) > limits.artifactBytes();
    }

    private int sizeOf(List<?> values) {
        return values.isEmpty() ? 0 : wire.writeValue(values).length;
    }

    private CallResult failure(Flight flight, Ask ask, Throwable e) {
        Flight.@Nullable StopReason stop = flight.stopReason();
        if (e instanceof AgentAbandonedException) {
            log.atWarn()
                    .addKeyValue("user", ask.key().namespace())
                    .addKeyValue("session", ask.sessionId())
                    .addKeyValue("request", ask.requestId())
                    .addKeyValue("agent", ask.agent())
                    .addKeyValue("stopped_for", stop)
                    .log("agent did not stop after its interrupt; the turn continues without it");
        }
        return stop == null ? agentError(ask, e) : stopped(stop);
    }

    private CallResult stopped(Flight.StopReason stop) {
        return switch (stop) {
            case RELEASED -> new CallResult.AgentReleased();
            case CANCELLED -> new CallResult.AgentCancelled();
            case TOO_LARGE -> tooLarge();
            case TIMEOUT -> failed(ErrorCode.AGENT_TIMEOUT, "The agent did not answer within its time limit.", false);
            case DEADLINE ->
                failed(
                        ErrorCode.DEADLINE_EXCEEDED,
                        "The deadline passed before the answer was ready. Ask again with a longer deadline.",
                        true);
        };
    }

    /** Logs only the type and origin of the exception, because its message might quote the question or a secret. */
    private CallResult agentError(Ask ask, Throwable e) {
        log.atWarn()
                .addKeyValue("user", ask.key().namespace())
                .addKeyValue("session", ask.sessionId())
                .addKeyValue("request", ask.requestId())
                .addKeyValue("agent", ask.agent())
                .addKeyValue("error", e.getClass().getName())
                .addKeyValue("at", e.getStackTrace().length == 0 ? "" : e.getStackTrace()[0])
                .log("agent failed");
        return failed(
                ErrorCode.AGENT_ERROR,
                "The agent failed while it answered this question. The cause is in the processor's log.",
                false);
    }

    private CallResult tooLarge() {
        return failed(
                ErrorCode.ANSWER_TOO_LARGE, "The answer exceeds the maximum size. Ask for a shorter answer.", true);
    }

    private static CallResult failed(ErrorCode code, String message, boolean permanent) {
        return new CallResult.AgentFailed(TurnError.of(code, message), permanent);
    }
}
