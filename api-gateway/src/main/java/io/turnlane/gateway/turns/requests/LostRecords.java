package io.turnlane.gateway.turns.requests;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.deliver.Cursor;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.topic.Topics;
import io.turnlane.store.request.RequestRecords;
import io.turnlane.store.session.SessionStore;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Distinguishes data that never existed from data that Redis lost. Processors restore lost data from the log, so a
 * client can retry a call for it. Methods throw a data access exception if Redis is unavailable.
 *
 * <p>Safe for use by any number of threads.
 */
@Component
public record LostRecords(
        RequestRecords records, SessionStore sessions, EventStreams streams, Topics topics, InstantSource clock) {

    /**
     * Maximum age of a request whose record Redis may have lost. If an older request has no record, it was never
     * accepted or has expired.
     */
    private static final Duration MAX_AGE = Duration.ofDays(1);

    private static final int TIME_BASED = 7;

    /**
     * Returns the problem for a call about a request that has no record: {@code unavailable} if Redis has lost the
     * record, or may have lost it; otherwise {@code not_found}.
     */
    public ProblemDetailException request(SessionKey session, RequestId requestId) {
        if (records.isOpen(session, requestId)) {
            return unavailable(
                    requestId,
                    "Redis lost the record of this request. The processor restores it before it runs the request.");
        }
        if (mayExist(requestId) && !sessions.isRestored(topics.turns(), streams.partitionOf(session))) {
            return unavailable(
                    requestId,
                    "Redis may have lost the record of this request, and no processor has restored the data yet. Retry "
                            + "when a processor is running.");
        }
        return ProblemDetailException.notFound("request");
    }

    private boolean mayExist(RequestId requestId) {
        if (requestId.value().version() != TIME_BASED) {
            return false;
        }
        long acceptedAt = requestId.value().getMostSignificantBits() >>> 16;
        return Duration.ofMillis(Math.abs(clock.millis() - acceptedAt)).compareTo(MAX_AGE) < 0;
    }

    /**
     * Returns the problem for a call about a session that has no context: {@code unavailable} if Redis lost the
     * session, otherwise {@code not_found}.
     */
    public ProblemDetailException session(SessionKey session) {
        return isLost(session)
                ? unavailable(null, "Redis lost this session. Its next question restores it from the log.")
                : ProblemDetailException.notFound("session");
    }

    /**
     * Checks that the session has a context or an open request, before a client subscribes to its events. If Redis is
     * unavailable, a cursor of the session suffices: its events can still be read from Kafka.
     *
     * @param after cursor that the client sent; null if it sent none
     * @throws ProblemDetailException if the session does not exist
     * @throws DataAccessException if Redis is unavailable and {@code after} is not a cursor of the session
     */
    public void requireSession(SessionKey session, @Nullable Cursor after) {
        try {
            if (!records.sessionExists(session)) {
                throw ProblemDetailException.notFound("session");
            }
        } catch (DataAccessException unavailable) {
            if (after == null || !after.belongsTo(session)) {
                throw unavailable;
            }
        }
    }

    /** Returns true if the session has no context, although it existed and cannot have expired. */
    public boolean isLost(SessionKey session) {
        return sessions.isLost(session, clock.instant());
    }

    private static ProblemDetailException unavailable(@Nullable RequestId requestId, String detail) {
        return new ProblemDetailException(ErrorCode.UNAVAILABLE, detail, requestId, null);
    }
}
