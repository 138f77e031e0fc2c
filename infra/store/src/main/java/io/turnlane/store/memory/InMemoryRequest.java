package io.turnlane.store.memory;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.MemoryIssue;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.TurnError;
import io.turnlane.model.Usage;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Request record in the heap. Has the fields of the request record in Redis that affect a turn. Times are epoch ms. */
final class InMemoryRequest {

    /** A longer handover was stored before the clock was set back, because no handover is longer than this (ms). */
    private static final long MAX_HANDOVER = 60_000;

    final RequestId id;
    final long createdAt;
    final String question;
    final String agent;
    RequestStatus status = RequestStatus.QUEUED;

    /** Latest flight; null if none began or if the record was created again, empty if the flight was released. */
    @Nullable
    String flight;

    long fence;
    int attempt;
    int failures;
    int crashes;
    final Set<String> blamed = new HashSet<>();

    @Nullable
    Long begunAt;

    @Nullable
    Long deadlineAt;

    @Nullable
    Long leavingUntil;

    @Nullable
    Long noAgentSince;

    @Nullable
    Long eventsFrom;

    @Nullable
    Answer answer;

    @Nullable
    TurnError error;

    @Nullable
    EndCause cause;

    /** Usage of the attempts until now. */
    Usage usage = Usage.NONE;

    boolean quarantined;
    boolean cancelRequested;
    EndCause cancelCause = new EndCause(EndCause.REQUESTED, null);
    boolean leavesNoTrace;

    @Nullable
    MemoryIssue reportedIssue;

    /** Questions that were merged into this one, oldest first. */
    final Map<RequestId, String> merged = new LinkedHashMap<>();

    InMemoryRequest(RequestId id, long createdAt, String question, String agent) {
        this.id = id;
        this.createdAt = createdAt;
        this.question = question;
        this.agent = agent;
    }

    /** Returns true if no attempt has begun and the turn has not ended. */
    boolean waits() {
        return status == RequestStatus.QUEUED && attempt == 0;
    }

    boolean isLatest(String ofFlight) {
        return ofFlight.equals(flight);
    }

    /** Returns the time (ms) for which another flight may still end the turn; 0 if there is no handover. */
    long handoverLeft(String ofFlight, long now) {
        if (status != RequestStatus.RUNNING || isLatest(ofFlight) || leavingUntil == null) {
            return 0;
        }
        long left = leavingUntil - now;
        return left <= MAX_HANDOVER ? Math.max(0, left) : 0;
    }

    /** Subtracts the crash that was counted for this flight, because the flight still makes calls. */
    void pardon(String ofFlight) {
        if (blamed.remove(ofFlight)) {
            crashes--;
        }
    }

    void requestCancel(EndCause by) {
        if (!cancelRequested) {
            cancelRequested = true;
            cancelCause = by;
        }
    }

    void fail(TurnError with) {
        status = RequestStatus.FAILED;
        error = with;
        leavingUntil = null;
    }

    TurnEnding ending() {
        return new TurnEnding(status, attempt, answer, error, quarantined, null, cause, usage);
    }
}
