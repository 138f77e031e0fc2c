package io.turnlane.store.memory;

import io.turnlane.model.AgentStates;
import io.turnlane.model.EndCause;
import io.turnlane.model.MemoryIssue;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keys of one session in the heap: context, history, request records, their indexes, and the tombstone. */
final class InMemorySession {

    /** A record that was logged this long (ms) after a deletion is newer, even if its offset is lower. */
    private static final long MAX_CLOCK_DIFFERENCE = 3_600_000;

    /** A queued turn that was accepted this long (ms) before a deletion was never published. */
    private static final long MAX_PUBLISH_TIME = 60_000;

    boolean hasContext;
    long fence;

    /** True if the context counts turns in the history. */
    boolean remembers;

    /** True if a gateway created the context in place of a lost one. */
    boolean replacesLostContext;

    /** True if the session cannot have expired, so that a missing context is lost. */
    boolean begun;

    @Nullable
    MemoryIssue issue;

    AgentStates states = AgentStates.NONE;

    /** Request of the last turn that changed the states. */
    private @Nullable RequestId statesBy;

    final List<PastTurn> history = new ArrayList<>();
    final Map<RequestId, InMemoryRequest> requests = new HashMap<>();
    final Set<RequestId> indexed = new LinkedHashSet<>();
    final Set<RequestId> open = new HashSet<>();

    @Nullable
    Tombstone tombstone;

    record Tombstone(int partition, long offset, long fence, long at, List<RequestId> erased) {}

    /** Returns true if the session was deleted after the flight's record was logged. */
    boolean isErased(FlightRef flight) {
        return tombstone != null
                && tombstone.partition() == flight.partition()
                && flight.offset() <= tombstone.offset()
                && flight.loggedAt().toEpochMilli() <= tombstone.at() + MAX_CLOCK_DIFFERENCE;
    }

    /** Returns true if the request was erased with its session, although its record was logged after the deletion. */
    boolean isErasedByName(RequestId request) {
        return tombstone != null && tombstone.erased().contains(request);
    }

    /** Returns true if the context contains a newer fence. */
    boolean hasNewerFence(FlightRef flight) {
        return fence > flight.fence();
    }

    /** Returns true if the context, the tombstone or the request record contains a newer fence. */
    boolean isFenced(FlightRef flight, @Nullable InMemoryRequest request) {
        return hasNewerFence(flight)
                || (tombstone != null && tombstone.fence() > flight.fence())
                || (request != null && request.fence > flight.fence());
    }

    /** Returns the result for a turn that the flight must neither run nor end; null if there is no reason for it. */
    MemoryResult.@Nullable NothingToRun nothingToRun(FlightRef flight, @Nullable InMemoryRequest request) {
        if (isErased(flight)) {
            return new MemoryResult.Erased();
        }
        if (isFenced(flight, request)) {
            return new MemoryResult.Fenced();
        }
        return request != null && request.status.isTerminal() ? new MemoryResult.AlreadyEnded(ending(request)) : null;
    }

    /** Returns true if the context or the history was lost. */
    boolean isMemoryLost() {
        return hasContext ? replacesLostContext || (remembers && history.isEmpty()) : begun || !history.isEmpty();
    }

    /** Returns true if the indexes contain the request, so that a missing record was lost. */
    boolean contains(RequestId request) {
        return indexed.contains(request) || open.contains(request);
    }

    void add(InMemoryRequest request) {
        requests.put(request.id, request);
        indexed.add(request.id);
        open.add(request.id);
    }

    void createContext() {
        hasContext = true;
        fence = 0;
        issue = null;
        replacesLostContext = false;
        remembers = !history.isEmpty();
    }

    /** Stores that lost memory could not be restored. */
    void acceptLoss() {
        issue = history.isEmpty() ? MemoryIssue.RESET : MemoryIssue.DAMAGED;
        replacesLostContext = false;
        remembers = !history.isEmpty();
    }

    void remember(PastTurn turn, int maxTurns) {
        history.add(turn);
        remembers = true;
        if (history.size() > maxTurns) {
            history.removeFirst();
        }
    }

    /** Stores the states of agents that the turn has set. */
    void setStates(RequestId by, AgentStates set) {
        states = set;
        statesBy = by;
    }

    /** Returns the terminal state of a request. */
    TurnEnding ending(InMemoryRequest request) {
        TurnEnding end = request.ending();
        return end.status() == RequestStatus.COMPLETED && request.id.equals(statesBy)
                ? new TurnEnding(end.status(), end.attempt(), end.answer(), null, end.quarantined(), states, null)
                : end;
    }

    private void clearStates() {
        states = AgentStates.NONE;
        statesBy = null;
    }

    /** Ends a turn in its request record only. */
    TurnEnding end(InMemoryRequest request, RequestStatus status, @Nullable EndCause cause) {
        request.status = status;
        request.cause = cause;
        open.remove(request.id);
        return ending(request);
    }

    void delete(FlightRef deletion, int maxErasedIds) {
        forget(deletion.request());
        List<RequestId> erased = new ArrayList<>(List.of(deletion.request()));
        for (RequestId id : List.copyOf(indexed).reversed()) {
            InMemoryRequest request = requests.get(id);
            boolean ended = request == null || request.status.isTerminal();
            boolean neverPublished = request != null
                    && request.status == RequestStatus.QUEUED
                    && request.createdAt + MAX_PUBLISH_TIME
                            < deletion.loggedAt().toEpochMilli();
            if (ended) {
                erased.add(id);
            }
            if (ended || neverPublished) {
                forget(id);
            }
        }
        if (tombstone != null) {
            erased.addAll(tombstone.erased());
        }
        hasContext = false;
        fence = 0;
        begun = false;
        history.clear();
        clearStates();
        tombstone = new Tombstone(
                deletion.partition(),
                deletion.offset(),
                deletion.fence(),
                deletion.loggedAt().toEpochMilli(),
                List.copyOf(erased.subList(0, Math.min(erased.size(), maxErasedIds))));
    }

    void forget(RequestId request) {
        requests.remove(request);
        indexed.remove(request);
        open.remove(request);
    }

    /** Loses the context and the history, as a store does that loses keys. Other keys show the loss if a turn began. */
    void loseMemory() {
        hasContext = false;
        fence = 0;
        history.clear();
        clearStates();
    }
}
