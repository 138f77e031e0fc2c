package io.turnlane.processor.replay;

import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.processor.memory.BeginResult;
import io.turnlane.processor.memory.BeginResult.TurnEnding;
import io.turnlane.processor.memory.FlightRef;
import io.turnlane.processor.memory.Memory;
import io.turnlane.processor.memory.SessionMemory;
import io.turnlane.processor.memory.SettleResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Session memory in the heap, for the few turns of a replay. Fences are not checked, because the sessions have no other
 * owner. Data does not expire. As {@link SessionMemory} requires, every write can be repeated without harm.
 *
 * <p>Thread-safe; guarded by its own monitor.
 */
public final class InMemorySessionMemory implements SessionMemory {

    private final int maxTurns;
    private final Map<SessionKey, List<PastTurn>> histories = new HashMap<>();
    private final Map<RequestId, ReplayedRequest> requests = new HashMap<>();

    /** @param maxTurns maximum number of turns in a session's history */
    public InMemorySessionMemory(int maxTurns) {
        this.maxTurns = maxTurns;
    }

    private static final class ReplayedRequest {
        private String flight = "";
        private int attempt;
        private int failures;
        private @Nullable TurnEnding ending;
    }

    /** Sets the history with which the session starts. */
    public synchronized void setHistory(SessionKey session, List<PastTurn> turns) {
        histories.put(session, new ArrayList<>(newest(turns)));
    }

    public synchronized List<PastTurn> history(SessionKey session) {
        return List.copyOf(histories.getOrDefault(session, List.of()));
    }

    /** Returns the terminal state of a request; empty if it has not ended. */
    public synchronized Optional<TurnEnding> ending(RequestId request) {
        ReplayedRequest entry = requests.get(request);
        return entry == null ? Optional.empty() : Optional.ofNullable(entry.ending);
    }

    @Override
    public synchronized BeginResult begin(BeginRequest beginning) {
        FlightRef flight = beginning.flight();
        ReplayedRequest entry = requests.computeIfAbsent(flight.request(), _ -> new ReplayedRequest());
        if (entry.ending != null) {
            return new BeginResult.AlreadyEnded(entry.ending);
        }
        if (!entry.flight.equals(flight.flight())) {
            entry.flight = flight.flight();
            entry.attempt++;
        }
        Memory memory = new Memory(history(flight.session()), false);
        return new BeginResult.RunTurn(
                entry.attempt, entry.failures, beginning.ask().deadline(), memory);
    }

    @Override
    public synchronized SettleResult commit(
            FlightRef flight, PastTurn turn, Answer answer, Map<Phase, Instant> phases) {
        ReplayedRequest entry = requests.get(flight.request());
        SettleResult rejection = rejection(flight, entry, RequestStatus.COMPLETED);
        if (rejection != null || entry == null) {
            return rejection == null ? new SettleResult.TurnLost() : rejection;
        }
        entry.ending = new TurnEnding(RequestStatus.COMPLETED, entry.attempt, answer, null, false);
        List<PastTurn> history = histories.computeIfAbsent(flight.session(), _ -> new ArrayList<>());
        history.add(turn);
        histories.put(flight.session(), new ArrayList<>(newest(history)));
        return new SettleResult.Stored();
    }

    @Override
    public synchronized SettleResult fail(FlightRef flight, TurnError error, boolean last, Map<Phase, Instant> phases) {
        ReplayedRequest entry = requests.get(flight.request());
        SettleResult rejection = rejection(flight, entry, RequestStatus.FAILED);
        if (rejection != null || entry == null) {
            return rejection == null ? new SettleResult.TurnLost() : rejection;
        }
        entry.failures++;
        entry.flight = "";
        if (last) {
            entry.ending = new TurnEnding(RequestStatus.FAILED, entry.attempt, null, error, false);
        }
        return new SettleResult.Stored();
    }

    private static @Nullable SettleResult rejection(
            FlightRef flight, @Nullable ReplayedRequest entry, RequestStatus wanted) {
        if (entry == null) {
            return new SettleResult.TurnLost();
        }
        TurnEnding ending = entry.ending;
        if (ending != null) {
            boolean again = ending.status() == wanted && entry.flight.equals(flight.flight());
            return again ? new SettleResult.Stored() : new SettleResult.EndedOtherwise(ending);
        }
        return entry.flight.equals(flight.flight()) ? null : new SettleResult.SettleFenced();
    }

    @Override
    public SettleResult cancel(FlightRef flight, PastTurn turn, boolean takesOver, Map<Phase, Instant> phases) {
        throw new UnsupportedOperationException("a replayed turn can't be cancelled");
    }

    @Override
    public DismissResult dismiss(FlightRef flight) {
        return new StillWaiting(null);
    }

    @Override
    public DecideResult decide(BusyArrival arrival) {
        return new PolicyDecision(Map.of(), List.of());
    }

    @Override
    public synchronized void release(FlightRef flight) {
        ReplayedRequest entry = requests.get(flight.request());
        if (entry != null && entry.flight.equals(flight.flight())) {
            entry.flight = "";
        }
    }

    @Override
    public boolean startHandover(FlightRef flight, Duration handover) {
        return false; // there is no next owner
    }

    @Override
    public synchronized GiveUpResult giveUp(FlightRef flight, @Nullable String type, TurnError error, int attempts) {
        ReplayedRequest entry = requests.computeIfAbsent(flight.request(), _ -> new ReplayedRequest());
        TurnEnding known = entry.ending;
        TurnEnding ending = known == null
                ? new TurnEnding(RequestStatus.FAILED, Math.max(entry.attempt, attempts), null, error, false)
                : known;
        entry.ending = ending;
        return new BeginResult.AlreadyEnded(ending);
    }

    @Override
    public void markQuarantined(FlightRef flight) {}

    @Override
    public synchronized boolean delete(FlightRef flight) {
        histories.remove(flight.session());
        return true;
    }

    @Override
    public void prefetch(SessionKey session) {}

    private List<PastTurn> newest(List<PastTurn> turns) {
        return turns.subList(Math.max(0, turns.size() - maxTurns), turns.size());
    }
}
