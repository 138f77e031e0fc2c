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
 * Memory in maps, for the few turns of a replay. It has one owner, so no fence refuses anything; it knows no time, so
 * nothing expires; and it is gone with its process. Everything else is as the port has it: the same step twice is once.
 *
 * <p>Safe for threads: guarded by itself.
 */
public final class InMemorySessionMemory implements SessionMemory {

    private final int mostTurns;
    private final Map<SessionKey, List<PastTurn>> histories = new HashMap<>();
    private final Map<RequestId, ReplayedRequest> requests = new HashMap<>();

    /** @param mostTurns of history a session */
    public InMemorySessionMemory(int mostTurns) {
        this.mostTurns = mostTurns;
    }

    /** A request: what is known of its runs, and its end. */
    private static final class ReplayedRequest {
        private String flight = "";
        private int attempt;
        private int failures;
        private @Nullable TurnEnding ending;
    }

    /** What the session remembers from the start. */
    public synchronized void setHistory(SessionKey session, List<PastTurn> turns) {
        histories.put(session, new ArrayList<>(newest(turns)));
    }

    public synchronized List<PastTurn> history(SessionKey session) {
        return List.copyOf(histories.getOrDefault(session, List.of()));
    }

    /** How a request ended; empty while it hasn't. */
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
        SettleResult refused = refused(flight, entry, RequestStatus.COMPLETED);
        if (refused != null || entry == null) {
            return refused == null ? new SettleResult.TurnLost() : refused;
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
        SettleResult refused = refused(flight, entry, RequestStatus.FAILED);
        if (refused != null || entry == null) {
            return refused == null ? new SettleResult.TurnLost() : refused;
        }
        entry.failures++;
        entry.flight = "";
        if (last) {
            entry.ending = new TurnEnding(RequestStatus.FAILED, entry.attempt, null, error, false);
        }
        return new SettleResult.Stored();
    }

    /** What a flight that wants to end so hears where it may not; null where it may. */
    private static @Nullable SettleResult refused(
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

    /** Nobody cancels a replay, and nothing waits in it. */
    @Override
    public SettleResult cancel(FlightRef flight, PastTurn turn, boolean takesOver, Map<Phase, Instant> phases) {
        throw new UnsupportedOperationException("a replay is not cancelled");
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

    /** There is no next owner. */
    @Override
    public boolean startHandover(FlightRef flight, Duration handover) {
        return false;
    }

    @Override
    public synchronized FailUnreadableResult failUnreadable(FlightRef flight, TurnError error) {
        ReplayedRequest entry = requests.computeIfAbsent(flight.request(), _ -> new ReplayedRequest());
        TurnEnding known = entry.ending;
        TurnEnding ending =
                known == null ? new TurnEnding(RequestStatus.FAILED, entry.attempt, null, error, false) : known;
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
        return turns.subList(Math.max(0, turns.size() - mostTurns), turns.size());
    }
}
