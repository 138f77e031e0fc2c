package io.turnlane.processor.replay;

import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Selection of recorded turns. A component that is null selects all turns.
 *
 * @param from time of the first selected question in the log
 * @param to time before which selected questions were logged
 * @param session id of the session
 * @param agent name of the recorded agent, or of the route that chose it
 * @param status {@code COMPLETED} or {@code FAILED}
 * @param sample share of the turns that are selected, from 0 (exclusive) to 1
 * @param wholeSessions true if the sample consists of all turns of some sessions; false if it consists of single turns
 */
public record TurnSelection(
        Instant from,
        Instant to,
        @Nullable String session,
        @Nullable String user,
        @Nullable String agent,
        @Nullable RequestStatus status,
        double sample,
        boolean wholeSessions) {

    private static final double HASHES = 1L << 31;

    public TurnSelection {
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("the range of time must not be empty");
        }
        if (!(sample > 0 && sample <= 1)) {
            throw new IllegalArgumentException("a sample must be more than 0 and at most 1");
        }
        if (status != null && status != RequestStatus.COMPLETED && status != RequestStatus.FAILED) {
            throw new IllegalArgumentException("only completed and failed turns have an end to compare with");
        }
    }

    /** Returns true if turns of the session can be selected. */
    boolean matches(SessionKey key) {
        return (session == null || session.equals(key.sessionId().toString()))
                && (user == null || SessionKey.namespaceOf(user).equals(key.namespace()))
                && (!wholeSessions || isSampled(key));
    }

    /** Returns true if the question is selected, independently of its end. */
    boolean matches(Ask ask, Instant loggedAt) {
        return !loggedAt.isBefore(from)
                && loggedAt.isBefore(to)
                && (session == null || session.equals(ask.sessionId().toString()))
                && (user == null || user.equals(ask.userId()))
                && (agent == null || agent.equals(ask.agent()) || agent.equals(ask.route()))
                && isInSample(ask);
    }

    /** Returns true if turns that ended with this status are selected. */
    boolean matches(RequestStatus end) {
        boolean comparable = end == RequestStatus.COMPLETED || end == RequestStatus.FAILED;
        return comparable && (status == null || status == end);
    }

    /** Returns the same result for a turn in every run, so that a run that was interrupted can be resumed. */
    private boolean isInSample(Ask ask) {
        return wholeSessions
                ? isSampled(ask.key())
                : share(ask.requestId().value().hashCode()) < sample;
    }

    private boolean isSampled(SessionKey session) {
        return share(session.toString().hashCode()) < sample;
    }

    /**
     * Returns a number from 0 to 1 (exclusive) that depends on all bits of the hash code (finalizer of MurmurHash3).
     */
    private static double share(int hash) {
        int mixed = (hash ^ (hash >>> 16)) * 0x85ebca6b;
        mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
        return ((mixed ^ (mixed >>> 16)) & Integer.MAX_VALUE) / HASHES;
    }
}
