package io.turnlane.processor.turn;

import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.CurrentTurn;
import io.turnlane.processor.agent.Question;
import io.turnlane.processor.lane.Delay;
import io.turnlane.processor.lane.Delay.Cancellation;
import io.turnlane.processor.turn.TurnStreams.TurnStream;
import io.turnlane.store.memory.BeginResult;
import io.turnlane.store.memory.Memory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Calls the agent within a flight (one execution of a turn). A lane thread waits while the agent runs on a thread of
 * its own. Only the agent's thread is interrupted: if the agent's time limit or the turn's deadline passes, if the
 * answer is too large, if the turn is cancelled, or if the flight is released. An agent that answers at once runs on
 * the lane thread and is not interrupted. Thread-safe.
 *
 * <p>The journey of a turn continues in {@code commit.lua}, with which {@code AskRunner} stores the answer.
 */
final class AgentCaller {

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

    /** Returns true if the agent answers the question at once, and can therefore run on the lane's thread. */
    boolean answersAtOnce(Ask ask) {
        try {
            return agents.answersAtOnce(ask.agent(), new Question(ask.question(), ask.metadata()));
        } catch (RuntimeException | Error e) {
            return false; // a defect of the agent's factory, from which the agent's own thread protects the lane
        }
    }

    /**
     * Publishes the {@code started} event and calls the agent. If the flight was stopped before this call, publishes
     * nothing and does not call the agent.
     *
     * @param usage collects the usage of the call, also if it fails
     * @param atOnce true to call the agent on the calling thread, without time limit, because it answers at once
     */
    CallResult call(
            Flight flight, Ask ask, BeginResult.RunTurn run, TurnStream stream, AttemptUsage usage, boolean atOnce) {
        if (!flight.enterAgent()) {
            return flight.isCancelled() ? new CallResult.AgentCancelled() : new CallResult.AgentReleased();
        }
        stream.publishStarted(run.memoryIssue());
        List<Cancellation> timers = atOnce ? List.of() : startTimers(flight, ask, run);
        try {
            AgentOutput output = new AgentOutput(stream, flight, wire, usage, ask.agent(), run.states());
            Callable<Answer> agent = () -> output.complete(answer(flight, ask, run, output));
            Answer answer = atOnce ? flight.callAgentHere(agent) : flight.callAgent(executor, agent);
            return accept(flight, new CallResult.AgentAnswered(answer, output.changedStates(), output.keptSteps()));
        } catch (Throwable e) {
            return CallFailures.of(flight, ask, e);
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
    private CallResult accept(Flight flight, CallResult.AgentAnswered answered) {
        Flight.@Nullable StopReason stop = flight.stopReason();
        if (stop != null && stop != Flight.StopReason.RELEASED) {
            return CallFailures.stopped(stop);
        }
        return limits.allow(answered.answer(), wire) ? answered : CallFailures.tooLarge();
    }

    private Answer answer(Flight flight, Ask ask, BeginResult.RunTurn run, AnswerSink sink) throws Exception {
        return TurnSpans.ofAgent(flight.trace(), ask.agent(), span -> {
            CurrentTurn current = new CurrentTurn(
                    ask.requestId(),
                    ask.sessionId(),
                    ask.userId(),
                    run.attempt(),
                    span.traceparent(),
                    run.usage(),
                    span);
            Memory memory = memoryOf(run, ask.agent());
            Question question = new Question(ask.question(), ask.metadata());
            return current.call(() -> agents.create(ask.agent()).answer(question, memory, sink));
        });
    }

    /**
     * Returns the memory for the agent, without turns that have no answer, because they were cancelled while they ran.
     */
    private static Memory memoryOf(BeginResult.RunTurn run, String agent) {
        List<PastTurn> turns = run.memory().turns().stream()
                .filter(turn -> turn.answer() != null)
                .toList();
        return new Memory(turns, run.memory().damaged(), run.states().of(agent));
    }
}
