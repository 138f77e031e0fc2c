package io.turnlane.gateway.cancel;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.requests.RequestRecords;
import io.turnlane.gateway.requests.RequestResource;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.WakeUp;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Cancels requests. The mark in the request record takes effect even if gateways or processors crash. The wake-up only
 * makes the owner react quickly, and is published again whenever the client repeats its call.
 *
 * <p>Safe for use by any number of threads.
 */
@Component
public final class Cancellations {

    private static final int LONGEST_REASON = 200;

    private final CancelMarks marks;
    private final WakeUpPublisher wakeUps;
    private final RequestRecords records;
    private final InstantSource clock;

    Cancellations(CancelMarks marks, WakeUpPublisher wakeUps, RequestRecords records, InstantSource clock) {
        this.marks = marks;
        this.wakeUps = wakeUps;
        this.records = records;
        this.clock = clock;
    }

    /**
     * Cancels a request.
     *
     * @param reason reason for the {@code cancelled} event; null for none
     * @return the request in its current state; if it has not ended, it will end as cancelled
     * @throws ProblemDetailException if the request does not exist or is a command that changes its session, or if the
     *     reason is too long. Also if the wake-up could not be published; the request is marked as cancelled
     *     nevertheless.
     */
    public RequestResource cancel(SessionKey session, RequestId requestId, @Nullable String reason) {
        switch (marks.mark(session, requestId, validReason(reason))) {
            case UNKNOWN -> throw ProblemDetailException.notFound("request");
            case ENDED -> {}
            case COMMAND -> throw ProblemDetailException.invalid("a command that changes a session can't be cancelled");
            case MARKED -> wakeUp(session, requestId);
        }
        return records.find(session, requestId)
                .map(RequestResource::of)
                .orElseThrow(() -> ProblemDetailException.notFound("request"));
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
            throw new ProblemDetailException(
                    ErrorCode.UNAVAILABLE,
                    "The request is marked as cancelled, but Kafka is unavailable. Cancel again to stop an attempt "
                            + "that is already running.",
                    requestId,
                    null);
        }
    }
}
