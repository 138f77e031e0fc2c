package io.turnlane.processor.turn;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnError;
import io.turnlane.processor.agent.RetryableAgentException;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.processor.turn.Flight.AgentAbandonedException;
import io.turnlane.processor.turn.Flight.StopReason;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Results of agent calls that returned no valid answer. */
final class CallFailures {

    private static final Logger log = LoggerFactory.getLogger(CallFailures.class);

    private CallFailures() {}

    /** Returns the result of a call that threw an exception. */
    static CallResult of(Flight flight, Ask ask, Throwable e) {
        @Nullable StopReason stop = flight.stopReason();
        if (e instanceof TerminalAgentException terminal) {
            return flight.isCancelled()
                    ? new CallResult.AgentCancelled()
                    : failed(terminal.code(), AgentOutput.line(e.getMessage()), true);
        }
        if (e instanceof AgentAbandonedException) {
            warning(ask)
                    .addKeyValue("stopped_for", stop)
                    .log("agent did not stop after its interrupt; the turn continues without it");
        }
        return stop == null ? agentError(ask, e) : stopped(stop);
    }

    /** Returns the result of a call that was stopped. */
    static CallResult stopped(StopReason stop) {
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

    static CallResult tooLarge() {
        return failed(
                ErrorCode.ANSWER_TOO_LARGE, "The answer exceeds the maximum size. Ask for a shorter answer.", true);
    }

    /**
     * Logs the message of an exception only if the agent chose it for clients. Other messages might quote the question
     * or a secret.
     */
    private static CallResult agentError(Ask ask, Throwable e) {
        if (e instanceof RetryableAgentException retryable) {
            String reason = AgentOutput.line(e.getMessage());
            warning(ask).addKeyValue("reason", reason).log("agent failed");
            return failed(retryable.code(), reason, false);
        }
        warning(ask)
                .addKeyValue("error", e.getClass().getName())
                .addKeyValue("at", e.getStackTrace().length == 0 ? "" : e.getStackTrace()[0])
                .log("agent failed");
        return failed(
                ErrorCode.AGENT_ERROR,
                "The agent failed while it answered this question. The cause is in the processor's log.",
                false);
    }

    private static LoggingEventBuilder warning(Ask ask) {
        return log.atWarn()
                .addKeyValue("user", ask.key().namespace())
                .addKeyValue("session", ask.sessionId())
                .addKeyValue("request", ask.requestId())
                .addKeyValue("agent", ask.agent());
    }

    private static CallResult failed(ErrorCode code, String message, boolean permanent) {
        return new CallResult.AgentFailed(TurnError.of(code, message), permanent);
    }
}
