package io.turnlane.gateway.turns.cancel;

import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.requests.LostRecords;
import io.turnlane.gateway.turns.requests.RequestResource;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.WakeUp;
import io.turnlane.store.request.CancelMarks;
import io.turnlane.store.request.RequestRecords;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Cancels requests. A cancel consists of three writes:
 *
 * <ul>
 *   <li>A mark in the request record. It takes effect even if gateways or processors crash.
 *   <li>A command on the turns topic. Processors restore the mark from it if Redis loses the mark.
 *   <li>A wake-up on the control topic. It makes the processor that runs the turn notice the cancel sooner. The gateway
 *       publishes it again whenever the client repeats its call.
 * </ul>
 *
 * <p>Safe for use by any number of threads.
 */
@Component
public record Cancellations(
        CancelMarks marks,
        CancelLog cancelLog,
        KafkaWakeUpPublisher wakeUps,
        RequestRecords records,
        LostRecords lost,
        InstantSource clock) {

    private static final int LONGEST_REASON = 200;

    /**
     * Result of a cancel.
     *
     * @param request the request in its current state
     * @param cameTooLate true if the request had ended before; otherwise it has ended or will end as cancelled
     */
    public record CancelResult(RequestResource request, boolean cameTooLate) {}

    /**
     * Cancels a request.
     *
     * @param reason reason for the {@code cancelled} event; null for none
     * @throws ProblemDetailException if the request does not exist; if it is a command that changes its session; if the
     *     reason is too long; or if the cancel could not be published, in which case the request still keeps its mark
     */
    public CancelResult cancel(Caller caller, SessionId sessionId, RequestId requestId, @Nullable String reason) {
        SessionKey session = caller.sessionKey(sessionId);
        String validReason = validReason(reason);
        CancelMarks.Mark mark = marks.mark(session, requestId, validReason);
        switch (mark) {
            case UNKNOWN -> throw lost.request(session, requestId);
            case ENDED -> {}
            case COMMAND -> throw ProblemDetailException.invalid("a command that changes a session can't be cancelled");
            case MARKED -> publish(caller, session, requestId, validReason);
            case LOGGED -> wakeUp(session, requestId);
        }
        return records.find(session, requestId)
                .map(record -> new CancelResult(RequestResource.of(record), mark == CancelMarks.Mark.ENDED))
                .orElseThrow(() -> lost.request(session, requestId));
    }

    /** Publishes the wake-up before the command, so that a running agent stops as early as possible. */
    private void publish(Caller caller, SessionKey session, RequestId requestId, String reason) {
        wakeUp(session, requestId);
        if (!cancelLog.append(caller, session, requestId, reason)) {
            throw unavailable(requestId);
        }
        marks.markLogged(session, requestId);
    }

    private static String validReason(@Nullable String reason) {
        if (reason == null || reason.isBlank()) {
            return "";
        }
        if (reason.length() > LONGEST_REASON) {
            throw ProblemDetailException.invalid("reason must have at most " + LONGEST_REASON + " characters");
        }
        return reason;
    }

    private void wakeUp(SessionKey session, RequestId requestId) {
        WakeUp wakeUp =
                new WakeUp(requestId, session.sessionId(), clock.instant().truncatedTo(ChronoUnit.MILLIS));
        if (!wakeUps.publish(session, wakeUp)) {
            throw unavailable(requestId);
        }
    }

    private static ProblemDetailException unavailable(RequestId requestId) {
        return new ProblemDetailException(
                ErrorCode.UNAVAILABLE,
                "The request is marked as cancelled, but Kafka is unavailable. Cancel again, so that an attempt that "
                        + "is already running stops and the cancel survives a loss of Redis.",
                requestId,
                null);
    }
}
