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
 * Stops requests. What is noted in the record outlives gateways and processors; the wake-up only makes it quick, and is
 * sent again whenever a client asks again.
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
     * Asks for the request's end.
     *
     * @param reason what its event is to say; null for nothing in particular
     * @return the request as it stands: where it hasn't ended, it will end as cancelled
     * @throws ProblemDetailException where there is no such request, or its owner can't be told now: the note stands
     *     all the same
     */
    public RequestResource cancel(SessionKey session, RequestId requestId, @Nullable String reason) {
        String why = reasonOf(reason);
        switch (marks.mark(session, requestId, why)) {
            case UNKNOWN -> throw ProblemDetailException.notFound("request");
            case ENDED -> {}
            case COMMAND -> throw ProblemDetailException.invalid("a change of a session can't be stopped");
            case MARKED -> wakeUp(session, requestId);
        }
        return records.find(session, requestId)
                .map(RequestResource::of)
                .orElseThrow(() -> ProblemDetailException.notFound("request"));
    }

    private static String reasonOf(@Nullable String reason) {
        if (reason == null || reason.isBlank()) {
            return "";
        }
        if (reason.length() > LONGEST_REASON) {
            throw ProblemDetailException.invalid("reason has at most " + LONGEST_REASON + " characters");
        }
        return reason;
    }

    private void wakeUp(SessionKey session, RequestId requestId) {
        WakeUp wakeUp =
                new WakeUp(requestId, session.sessionId(), clock.instant().truncatedTo(ChronoUnit.MILLIS));
        if (!wakeUps.publish(session, wakeUp)) {
            throw new ProblemDetailException(
                    ErrorCode.UNAVAILABLE,
                    "noted, but the log is away: cancel again to stop a request that runs",
                    requestId,
                    null);
        }
    }
}
