package io.turnlane.processor.replay;

import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.processor.memory.Begun;
import io.turnlane.processor.memory.Begun.Ending;
import io.turnlane.processor.memory.FlightRef;
import io.turnlane.processor.memory.Memory;
import io.turnlane.processor.memory.SessionMemory;
import io.turnlane.processor.memory.Settled;
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
    private final Map<RequestId, Entry> requests = new HashMap<>();

    /** @param mostTurns of history a session */
    public InMemorySessionMemory(int mostTurns) {
        this.mostTurns = mostTurns;
    }

    /** A request: what is known of its runs, and its end. */
    private static final class Entry {
        private String flight = "";
        private int attempt;
        private int failures;
        private @Nullable Ending ending;
    }

    /** What the session remembers from the start. */
    public synchronized void remember(SessionKey session, List<PastTurn> turns) {
        histories.put(session, new ArrayList<>(newest(turns)));
    }

    public synchronized List<PastTurn> history(SessionKey session) {
        return List.copyOf(histories.getOrDefault(session, List.of()));
    }

    /** How a request ended; empty while it hasn't. */
    public synchronized Optional<Ending> ending(RequestId request) {
        Entry entry = requests.get(request);
        return entry == null ? Optional.empty() : Optional.ofNullable(entry.ending);
    }

    @Override
    public synchronized Begun begin(Beginning beginning) {
        FlightRef flight = beginning.flight();
        Entry entry = requests.computeIfAbsent(flight.request(), _ -> new Entry());
        if (entry.ending != null) {
            return new Begun.Ended(entry.ending);
        }
        if (!entry.flight.equals(flight.flight())) {
            entry.flight = flight.flight();
            entry.attempt++;
        }
        Memory memory = new Memory(history(flight.session()), false);
        return new Begun.Run(entry.attempt, entry.failures, beginning.ask().deadline(), memory);
    }

    @Override
    public synchronized Settled commit(FlightRef flight, PastTurn turn, Answer answer, Map<Phase, Instant> phases) {
        Entry entry = requests.get(flight.request());
        Settled refused = refused(flight, entry, RequestStatus.COMPLETED);
        if (refused != null || entry == null) {
            return refused == null ? new Settled.Gone() : refused;
        }
        entry.ending = new Ending(RequestStatus.COMPLETED, entry.attempt, answer, null, false);
        List<PastTurn> history = histories.computeIfAbsent(flight.session(), _ -> new ArrayList<>());
        history.add(turn);
        histories.put(flight.session(), new ArrayList<>(newest(history)));
        return new Settled.Stored();
    }

    @Override
    public synchronized Settled fail(FlightRef flight, TurnError error, boolean last, Map<Phase, Instant> phases) {
        Entry entry = requests.get(flight.request());
        Settled refused = refused(flight, entry, RequestStatus.FAILED);
        if (refused != null || entry == null) {
            return refused == null ? new Settled.Gone() : refused;
        }
        entry.failures++;
        entry.flight = "";
        if (last) {
            entry.ending = new Ending(RequestStatus.FAILED, entry.attempt, null, error, false);
        }
        return new Settled.Stored();
    }

    /** What a flight that wants to end so hears where it may not; null where it may. */
    private static @Nullable Settled refused(FlightRef flight, @Nullable Entry entry, RequestStatus wanted) {
        if (entry == null) {
            return new Settled.Gone();
        }
        Ending ending = entry.ending;
        if (ending != null) {
            boolean again = ending.status() == wanted && entry.flight.equals(flight.flight());
            return again ? new Settled.Stored() : new Settled.Ended(ending);
        }
        return entry.flight.equals(flight.flight()) ? null : new Settled.Fenced();
    }

    /** Nobody cancels a replay, and nothing waits in it. */
    @Override
    public Settled cancel(FlightRef flight, PastTurn turn, boolean takesOver, Map<Phase, Instant> phases) {
        throw new UnsupportedOperationException("a replay is not cancelled");
    }

    @Override
    public Dismissed dismiss(FlightRef flight) {
        return new Stays(null);
    }

    @Override
    public Decided decide(Arrival arrival) {
        return new Decision(Map.of(), List.of());
    }

    @Override
    public synchronized void release(FlightRef flight) {
        Entry entry = requests.get(flight.request());
        if (entry != null && entry.flight.equals(flight.flight())) {
            entry.flight = "";
        }
    }

    /** There is no next owner. */
    @Override
    public boolean leave(FlightRef flight, Duration handover) {
        return false;
    }

    @Override
    public synchronized Refused refuse(FlightRef flight, TurnError error) {
        Entry entry = requests.computeIfAbsent(flight.request(), _ -> new Entry());
        Ending known = entry.ending;
        Ending ending = known == null ? new Ending(RequestStatus.FAILED, entry.attempt, null, error, false) : known;
        entry.ending = ending;
        return new Begun.Ended(ending);
    }

    @Override
    public void quarantined(FlightRef flight) {}

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
