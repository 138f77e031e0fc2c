package io.turnlane.processor.memory;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.processor.memory.Begun.Ending;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Memory in a map, with the port's promises as far as one owner needs them, and faults to order. For one thread at a
 * time.
 */
public final class FakeSessionMemory implements SessionMemory {

    private final Map<RequestId, Record> records = new HashMap<>();
    private final Map<SessionKey, List<PastTurn>> histories = new HashMap<>();
    private final Map<SessionKey, Long> fences = new HashMap<>();
    private final Set<RequestId> erased = new HashSet<>();
    private int failuresToCome;
    private boolean fenced;
    private boolean broken;
    private boolean suspect;
    private boolean lost;
    private Runnable duringBegin = () -> {};
    private Runnable duringCommit = () -> {};
    private Duration timeLeft;
    private boolean lostBeforeCommit;
    private LongSupplier clock = () -> 0;

    private final Deque<Decided> decisions = new ArrayDeque<>();
    private final List<Arrival> arrivals = new ArrayList<>();

    private static final class Record {
        private String flight; // null until one began
        private int attempt;
        private int failures;
        private RequestStatus status = RequestStatus.QUEUED;
        private Answer answer;
        private TurnError error;
        private boolean quarantined;
        private long eventsFrom;
        private boolean unwanted;
        private EndCause cause;
        private long leavingUntil;
    }

    /** A client doesn't want the answer any more; true where the turn hadn't ended. */
    public boolean unwanted(RequestId request) {
        Record record = records.computeIfAbsent(request, any -> new Record());
        record.unwanted = true;
        return !record.status.terminal();
    }

    /** What the next questions are told that find their session busy; the rest just wait. */
    public void decides(Decided... answers) {
        decisions.addAll(List.of(answers));
    }

    /** The questions that found their session busy, each as often as it asked. */
    public List<Arrival> arrivals() {
        return arrivals;
    }

    /** The store's clock, for handovers. */
    public void clock(LongSupplier millis) {
        clock = millis;
    }

    /** The next so many calls don't reach the store. */
    public void failNext(int calls) {
        failuresToCome = calls;
    }

    /** From now on a newer owner has been here. */
    public void fence() {
        fenced = true;
    }

    /** The store loses everything once, right before the next commit. */
    public void loseBeforeCommit() {
        lostBeforeCommit = true;
    }

    public List<PastTurn> history(SessionKey session) {
        return histories.getOrDefault(session, List.of());
    }

    public RequestStatus status(RequestId request) {
        return records.get(request).status;
    }

    /** The store loses everything now. */
    public void loseEverything() {
        records.clear();
        histories.clear();
        lost = true;
    }

    /** Runs this within each begin. */
    public void duringBegin(Runnable task) {
        duringBegin = task;
    }

    /** Runs this within each commit. */
    public void duringCommit(Runnable task) {
        duringCommit = task;
    }

    /** The session remembers this turn from before. */
    public void remember(SessionKey session, PastTurn turn) {
        histories.computeIfAbsent(session, any -> new ArrayList<>()).add(turn);
    }

    /** Turns have so long until their deadline. */
    public void timeLeft(Duration time) {
        timeLeft = time;
    }

    public long eventsFrom(RequestId request) {
        return records.get(request).eventsFrom;
    }

    /** Every turn was running when its processor crashed, twice. */
    public void suspectAll() {
        suspect = true;
    }

    /** The next call throws what no caller expects. */
    public void breakNext() {
        broken = true;
    }

    private void reach() {
        if (broken) {
            broken = false;
            throw new IllegalStateException("a mistake");
        }
        if (failuresToCome > 0) {
            failuresToCome--;
            throw new MemoryUnavailableException("away", new IllegalStateException());
        }
    }

    @Override
    public Begun begin(Beginning beginning) {
        reach();
        duringBegin.run();
        FlightRef flight = beginning.flight();
        Record leaving = records.get(flight.request());
        if (leaving != null
                && leaving.status == RequestStatus.RUNNING
                && !leaving.flight.equals(flight.flight())
                && leaving.leavingUntil > clock.getAsLong()) {
            return new Begun.Leaving(Duration.ofMillis(leaving.leavingUntil - clock.getAsLong()));
        }
        if (fenced || fences.merge(flight.session(), flight.fence(), Math::max) > flight.fence()) {
            return new Begun.Fenced();
        }
        if (erased.contains(flight.request())) {
            return new Begun.Erased();
        }
        if (lost && !beginning.sure()) {
            return new Begun.Missed(false);
        }
        lost = false;
        Record record = records.computeIfAbsent(flight.request(), any -> new Record());
        if (record.status.terminal()) {
            return new Begun.Ended(ending(record));
        }
        if (record.unwanted) {
            return new Begun.Unwanted();
        }
        if (!flight.flight().equals(record.flight)) {
            if (suspect && !beginning.alone()) {
                return new Begun.Suspect();
            }
            record.attempt++;
            record.flight = flight.flight();
            record.leavingUntil = 0;
        }
        record.status = RequestStatus.RUNNING;
        record.eventsFrom = beginning.eventsFrom();
        return new Begun.Run(record.attempt, record.failures, timeLeft, new Memory(history(flight.session()), false));
    }

    @Override
    public Settled commit(FlightRef flight, PastTurn turn, Answer answer, Map<Phase, Instant> phases) {
        reach();
        duringCommit.run();
        if (lostBeforeCommit) {
            lostBeforeCommit = false;
            loseEverything();
            return new Settled.Gone();
        }
        Record record = records.get(flight.request());
        if (record.flight == null) {
            return new Settled.Gone();
        }
        if (fenced || !record.flight.equals(flight.flight())) {
            return record.status.terminal() ? new Settled.Ended(ending(record)) : new Settled.Fenced();
        }
        if (record.unwanted) {
            return new Settled.Unwanted();
        }
        record.status = RequestStatus.COMPLETED;
        record.answer = answer;
        histories.computeIfAbsent(flight.session(), any -> new ArrayList<>()).add(turn);
        return new Settled.Stored();
    }

    @Override
    public Settled fail(FlightRef flight, TurnError error, boolean last, Map<Phase, Instant> phases) {
        reach();
        Record record = records.get(flight.request());
        if (record == null || record.flight == null) {
            return new Settled.Gone();
        }
        if (!record.flight.equals(flight.flight())) {
            return record.status.terminal() ? new Settled.Ended(ending(record)) : new Settled.Fenced();
        }
        if (record.unwanted) {
            return new Settled.Unwanted();
        }
        record.failures++;
        record.error = error;
        record.status = last ? RequestStatus.FAILED : RequestStatus.RETRYING;
        return new Settled.Stored();
    }

    @Override
    public Settled cancel(FlightRef flight, PastTurn turn, boolean takesOver, Map<Phase, Instant> phases) {
        reach();
        Record record = records.get(flight.request());
        if (record == null) {
            return new Settled.Gone();
        }
        if (record.status.terminal()) {
            return new Settled.Ended(ending(record));
        }
        if (!takesOver && record.flight == null) {
            return new Settled.Gone();
        }
        if (fenced || isOlder(flight) || (!takesOver && !record.flight.equals(flight.flight()))) {
            return new Settled.Fenced();
        }
        if (record.attempt > 0) {
            histories
                    .computeIfAbsent(flight.session(), any -> new ArrayList<>())
                    .add(turn);
        }
        return new Settled.Ended(cancelled(record));
    }

    private boolean isOlder(FlightRef flight) {
        return fences.getOrDefault(flight.session(), 0L) > flight.fence();
    }

    private static Ending cancelled(Record record) {
        record.status = RequestStatus.CANCELLED;
        record.cause = new EndCause(EndCause.REQUESTED, null);
        return ending(record);
    }

    @Override
    public Dismissed dismiss(FlightRef flight) {
        reach();
        Record record = records.computeIfAbsent(flight.request(), any -> new Record());
        if (fenced || isOlder(flight)) {
            return new Begun.Fenced();
        }
        if (record.status.terminal()) {
            return new Begun.Ended(ending(record));
        }
        boolean waits = record.status == RequestStatus.QUEUED && record.attempt == 0;
        return waits && record.unwanted ? new Begun.Ended(cancelled(record)) : new Stays(null);
    }

    /** Policies are decided by Redis' own script; here they let everybody wait, but for what a test says. */
    @Override
    public Decided decide(Arrival arrival) {
        reach();
        arrivals.add(arrival);
        return decisions.isEmpty() ? new Decision(Map.of(), List.of()) : decisions.removeFirst();
    }

    @Override
    public void release(FlightRef flight) {
        reach();
        Record record = records.get(flight.request());
        if (record.flight.equals(flight.flight())) {
            record.status = RequestStatus.QUEUED;
            record.flight = "";
        }
    }

    @Override
    public boolean leave(FlightRef flight, Duration handover) {
        reach();
        Record record = records.get(flight.request());
        if (fenced || record.status != RequestStatus.RUNNING || !record.flight.equals(flight.flight())) {
            return false;
        }
        record.leavingUntil = clock.getAsLong() + handover.toMillis();
        return true;
    }

    @Override
    public Refused refuse(FlightRef flight, TurnError error) {
        reach();
        Record record = records.computeIfAbsent(flight.request(), any -> new Record());
        if (!record.status.terminal()) {
            record.status = RequestStatus.FAILED;
            record.error = error;
        }
        return new Begun.Ended(ending(record));
    }

    @Override
    public void quarantined(FlightRef flight) {
        records.get(flight.request()).quarantined = true;
    }

    @Override
    public boolean delete(FlightRef flight) {
        reach();
        histories.remove(flight.session());
        return !fenced;
    }

    @Override
    public void prefetch(SessionKey session) {}

    private static Ending ending(Record record) {
        return new Ending(record.status, record.attempt, record.answer, record.error, record.quarantined, record.cause);
    }
}
