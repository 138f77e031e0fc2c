package io.turnlane.processor.turn;

import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnError;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.CurrentTurn;
import io.turnlane.processor.agent.Question;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.processor.lane.Delay;
import io.turnlane.processor.lane.Delay.Cancellation;
import io.turnlane.processor.memory.BeginResult;
import io.turnlane.processor.memory.Memory;
import io.turnlane.processor.turn.Flight.AgentAbandonedException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's part of a run: the only part that may be interrupted, be it for its time, its deadline, its size, or
 * because the turn left.
 */
final class AgentCall {

    private static final Logger log = LoggerFactory.getLogger(AgentCall.class);

    /** Characters of what an agent says when it fails: a sentence for people. */
    private static final int MOST_MESSAGE = 500;

    private final TurnKit kit;
    private final Flight flight;
    private final Ask ask;
    private final BeginResult.RunTurn run;

    AgentCall(TurnKit kit, Flight flight, Ask ask, BeginResult.RunTurn run) {
        this.kit = kit;
        this.flight = flight;
        this.ask = ask;
        this.run = run;
    }

    /** How the call ended. */
    sealed interface CallResult {

        record AgentAnswered(Answer answer) implements CallResult {}

        /**
         * The agent failed.
         *
         * @param permanent whether another try would end the same
         */
        record AgentFailed(TurnError error, boolean permanent) implements CallResult {}

        /** The turn is to be run elsewhere or later. */
        record AgentReleased() implements CallResult {}

        /** Nobody wants the answer any more. */
        record AgentCancelled() implements CallResult {}
    }

    /** Tells {@code started} too, for an attempt begins with its agent's call and not before. */
    CallResult call(TurnStream stream) {
        if (!flight.enterAgent()) {
            return flight.isCancelled() ? new CallResult.AgentCancelled() : new CallResult.AgentReleased();
        }
        stream.publishStarted(run.mishap());
        List<Cancellation> limits = limits();
        try {
            return heard(flight.callAgent(kit.runtime().executor(), () -> answer(new CancellableSink(stream, flight))));
        } catch (TerminalAgentException e) {
            return flight.isCancelled()
                    ? new CallResult.AgentCancelled()
                    : failed(e.code(), String.valueOf(e.getMessage()), true);
        } catch (Throwable e) {
            return stoppedOrBroken(e);
        } finally {
            limits.forEach(Cancellation::cancel);
        }
    }

    private List<Cancellation> limits() {
        Delay delay = kit.runtime().delay();
        Cancellation timeout = delay.after(
                kit.services()
                        .agents()
                        .timeout(ask.agent())
                        .orElse(kit.rules().limits().timeout()),
                () -> flight.stop(Flight.StopReason.TIMEOUT));
        return run.timeLeft() == null
                ? List.of(timeout)
                : List.of(timeout, delay.after(run.timeLeft(), () -> flight.stop(Flight.StopReason.DEADLINE)));
    }

    /** An answer that came in spite of a stop: good for a turn that was to move, too late for any other. */
    private CallResult heard(Answer answer) {
        Flight.@Nullable StopReason stop = flight.stopReason();
        return stop == null || stop == Flight.StopReason.RELEASED ? checked(answer) : ended(stop);
    }

    private Answer answer(AnswerSink sink) throws Exception {
        CurrentTurn current = new CurrentTurn(ask.requestId(), ask.sessionId(), ask.userId(), run.attempt());
        Question question = new Question(ask.question(), ask.metadata());
        return current.call(
                () -> kit.services().agents().create(ask.agent()).answer(question, answered(run.memory()), sink));
    }

    /** Agents don't see turns that were interrupted. */
    private static Memory answered(Memory memory) {
        List<PastTurn> answered =
                memory.turns().stream().filter(turn -> turn.answer() != null).toList();
        return new Memory(answered, memory.damaged());
    }

    private CallResult checked(Answer answer) {
        return textTooLarge(answer) || artifactsTooLarge(answer) ? tooLarge() : new CallResult.AgentAnswered(answer);
    }

    private boolean textTooLarge(Answer answer) {
        return answer.text().getBytes(StandardCharsets.UTF_8).length
                > kit.rules().limits().textBytes();
    }

    /** Sources count too: the whole answer has to fit one record. */
    private boolean artifactsTooLarge(Answer answer) {
        return sizeOf(answer.artifacts()) + sizeOf(answer.sources())
                > kit.rules().limits().artifactBytes();
    }

    private int sizeOf(List<?> values) {
        return values.isEmpty() ? 0 : kit.services().wire().writeValue(values).length;
    }

    private CallResult stoppedOrBroken(Throwable e) {
        Flight.@Nullable StopReason stop = flight.stopReason();
        if (e instanceof AgentAbandonedException) {
            log.atWarn()
                    .addKeyValue("session", ask.sessionId())
                    .addKeyValue("request", ask.requestId())
                    .addKeyValue("agent", ask.agent())
                    .addKeyValue("stopped_for", stop)
                    .log("agent abandoned: it ignored its interrupt");
        }
        return stop == null ? broken(e) : ended(stop);
    }

    private CallResult ended(Flight.StopReason stop) {
        return switch (stop) {
            case RELEASED -> new CallResult.AgentReleased();
            case CANCELLED -> new CallResult.AgentCancelled();
            case TOO_LARGE -> tooLarge();
            case TIMEOUT -> failed(ErrorCode.AGENT_TIMEOUT, "The agent took longer than it may.", false);
            case DEADLINE ->
                failed(ErrorCode.DEADLINE_EXCEEDED, "The deadline passed before there was an answer.", true);
        };
    }

    /**
     * What an agent throws may quote the question or a key: the log gets its type and its place, clients a sentence.
     */
    private CallResult broken(Throwable e) {
        log.atWarn()
                .addKeyValue("session", ask.sessionId())
                .addKeyValue("request", ask.requestId())
                .addKeyValue("agent", ask.agent())
                .addKeyValue("error", e.getClass().getName())
                .addKeyValue("at", e.getStackTrace().length == 0 ? "" : e.getStackTrace()[0])
                .log("agent failed");
        return failed(ErrorCode.AGENT_ERROR, "The agent failed while it worked on this question.", false);
    }

    private CallResult tooLarge() {
        return failed(ErrorCode.ANSWER_TOO_LARGE, "The answer is larger than an answer may be.", true);
    }

    private static CallResult failed(ErrorCode code, String message, boolean last) {
        String shortened = message.substring(0, Math.min(message.length(), MOST_MESSAGE));
        return new CallResult.AgentFailed(TurnError.of(code, shortened), last);
    }
}
