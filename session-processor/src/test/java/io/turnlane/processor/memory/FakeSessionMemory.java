package io.turnlane.processor.memory;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.processor.memory.BeginResult.TurnEnding;
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
 * In-memory implementation of the contract for one owner, with faults that tests can trigger. For one thread at a time.
 */
public final class FakeSessionMemory implements SessionMemory {

    private final Map<RequestId, FakeRequest> records = new HashMap<>();
    private final Map<SessionKey, List<PastTurn>> histories = new HashMap<>();
    private final Map<SessionKey, Long> fences = new HashMap<>();
    private final Set<RequestId> erased = new HashSet<>();
    private int failuresToCome;
    private boolean fenced;
    private boolean broken;
    private boolean brokenUntilGivenUp;
    private boolean brokenAlways;
    private boolean suspect;
    private boolean lost;
    private Runnable duringBegin = () -> {};
    private Runnable duringCommit = () -> {};
    private Duration timeLeft;
    private boolean lostBeforeCommit;
    private LongSupplier clock = () -> 0;

    private final Deque<DecideResult> decisions = new ArrayDeque<>();
    private final List<BusyArrival> arrivals = new ArrayList<>();

    private static final class FakeRequest {
        private String flight; // null until one began
        private int attempt;
        private int failures;
        private RequestStatus status = RequestStatus.QUEUED;
        private Answer answer;
        private TurnError error;
        private boolean quarantined;
        private long eventsFrom;
        private boolean cancelRequested;
        private EndCause cause;
        private long leavingUntil;
    }

    /** Requests cancellation of a turn. Returns true if the turn had not ended. */
    public boolean requestCancel(RequestId request) {
        FakeRequest record = records.computeIfAbsent(request, any -> new FakeRequest());
        record.cancelRequested = true;
        return !record.status.isTerminal();
    }

    /** Sets the results of the next calls of {@link #decide}; later calls let the question wait. */
    public void willDecide(DecideResult... answers) {
        decisions.addAll(List.of(answers));
    }

    /** Returns the arguments of all calls of {@link #decide}, in order. */
    public List<BusyArrival> arrivals() {
        return arrivals;
    }

    /** Sets the store's clock, which limits handovers. */
    public void clock(LongSupplier millis) {
        clock = millis;
    }

    /** Makes this many calls fail without reaching the store. */
    public void failNext(int calls) {
        failuresToCome = calls;
    }

    /** Makes the store behave as if a newer owner had written to every session. */
    public void setFenced() {
        fenced = true;
    }

    /** Makes the store lose all data once, immediately before the next commit. */
    public void loseBeforeCommit() {
        lostBeforeCommit = true;
    }

    public List<PastTurn> history(SessionKey session) {
        return histories.getOrDefault(session, List.of());
    }

    public RequestStatus status(RequestId request) {
        return records.get(request).status;
    }

    /** Makes the store lose all data now. */
    public void loseEverything() {
        records.clear();
        histories.clear();
        lost = true;
    }

    /** Sets a task that runs within each begin. */
    public void duringBegin(Runnable task) {
        duringBegin = task;
    }

    /** Sets a task that runs within each commit. */
    public void duringCommit(Runnable task) {
        duringCommit = task;
    }

    /** Adds a turn to the session's history. */
    public void remember(SessionKey session, PastTurn turn) {
        histories.computeIfAbsent(session, any -> new ArrayList<>()).add(turn);
    }

    /** Sets the time left until the deadline of every turn. */
    public void timeLeft(Duration time) {
        timeLeft = time;
    }

    public long eventsFrom(RequestId request) {
        return records.get(request).eventsFrom;
    }

    /** Makes every turn a crash suspect. */
    public void suspectAll() {
        suspect = true;
    }

    /** Makes the next call throw an exception that no caller expects. */
    public void breakNext() {
        broken = true;
    }

    /** Makes every call but {@link #giveUp} throw an exception that no caller expects. */
    public void breakUntilGivenUp() {
        brokenUntilGivenUp = true;
    }

    /** Makes every call throw an exception that no caller expects. */
    public void breakAlways() {
        brokenAlways = true;
    }

    private void callStore() {
        if (brokenUntilGivenUp || brokenAlways) {
            throw new IllegalStateException("a mistake");
        }
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
    public BeginResult begin(BeginRequest beginning) {
        callStore();
        duringBegin.run();
        FlightRef flight = beginning.flight();
        FakeRequest leaving = records.get(flight.request());
        if (leaving != null
                && leaving.status == RequestStatus.RUNNING
                && !leaving.flight.equals(flight.flight())
                && leaving.leavingUntil > clock.getAsLong()) {
            return new BeginResult.HandoverPending(Duration.ofMillis(leaving.leavingUntil - clock.getAsLong()));
        }
        if (fenced || fences.merge(flight.session(), flight.fence(), Math::max) > flight.fence()) {
            return new BeginResult.Fenced();
        }
        if (erased.contains(flight.request())) {
            return new BeginResult.Erased();
        }
        if (lost && !beginning.lossRuledOut()) {
            return new BeginResult.DataMissing(true);
        }
        lost = false;
        FakeRequest record = records.computeIfAbsent(flight.request(), any -> new FakeRequest());
        if (record.status.isTerminal()) {
            return new BeginResult.AlreadyEnded(ending(record));
        }
        if (record.cancelRequested) {
            return new BeginResult.CancelRequested();
        }
        if (!flight.flight().equals(record.flight)) {
            if (suspect && !beginning.soleSuspect()) {
                return new BeginResult.CrashSuspected();
            }
            record.attempt++;
            record.flight = flight.flight();
            record.leavingUntil = 0;
        }
        record.status = RequestStatus.RUNNING;
        record.eventsFrom = beginning.eventsFrom();
        return new BeginResult.RunTurn(
                record.attempt, record.failures, timeLeft, new Memory(history(flight.session()), false));
    }

    @Override
    public SettleResult commit(FlightRef flight, PastTurn turn, Answer answer, Map<Phase, Instant> phases) {
        callStore();
        duringCommit.run();
        if (lostBeforeCommit) {
            lostBeforeCommit = false;
            loseEverything();
            return new SettleResult.TurnLost();
        }
        FakeRequest record = records.get(flight.request());
        if (record.flight == null) {
            return new SettleResult.TurnLost();
        }
        if (fenced || !record.flight.equals(flight.flight())) {
            return record.status.isTerminal()
                    ? new SettleResult.EndedOtherwise(ending(record))
                    : new SettleResult.SettleFenced();
        }
        if (record.cancelRequested) {
            return new SettleResult.CancelInstead();
        }
        record.status = RequestStatus.COMPLETED;
        record.answer = answer;
        histories.computeIfAbsent(flight.session(), any -> new ArrayList<>()).add(turn);
        return new SettleResult.Stored();
    }

    @Override
    public SettleResult fail(FlightRef flight, TurnError error, boolean last, Map<Phase, Instant> phases) {
        callStore();
        FakeRequest record = records.get(flight.request());
        if (record == null || record.flight == null) {
            return new SettleResult.TurnLost();
        }
        if (!record.flight.equals(flight.flight())) {
            return record.status.isTerminal()
                    ? new SettleResult.EndedOtherwise(ending(record))
                    : new SettleResult.SettleFenced();
        }
        if (record.cancelRequested) {
            return new SettleResult.CancelInstead();
        }
        record.failures++;
        record.error = error;
        record.status = last ? RequestStatus.FAILED : RequestStatus.RETRYING;
        return new SettleResult.Stored();
    }

    @Override
    public SettleResult cancel(FlightRef flight, PastTurn turn, boolean takesOver, Map<Phase, Instant> phases) {
        callStore();
        FakeRequest record = records.get(flight.request());
        if (record == null) {
            return new SettleResult.TurnLost();
        }
        if (record.status.isTerminal()) {
            return new SettleResult.EndedOtherwise(ending(record));
        }
        if (!takesOver && record.flight == null) {
            return new SettleResult.TurnLost();
        }
        if (fenced || isOlder(flight) || (!takesOver && !record.flight.equals(flight.flight()))) {
            return new SettleResult.SettleFenced();
        }
        if (record.attempt > 0) {
            histories
                    .computeIfAbsent(flight.session(), any -> new ArrayList<>())
                    .add(turn);
        }
        return new SettleResult.EndedOtherwise(cancelled(record));
    }

    private boolean isOlder(FlightRef flight) {
        return fences.getOrDefault(flight.session(), 0L) > flight.fence();
    }

    private static TurnEnding cancelled(FakeRequest record) {
        record.status = RequestStatus.CANCELLED;
        record.cause = new EndCause(EndCause.REQUESTED, null);
        return ending(record);
    }

    @Override
    public DismissResult dismiss(FlightRef flight) {
        callStore();
        FakeRequest record = records.computeIfAbsent(flight.request(), any -> new FakeRequest());
        if (fenced || isOlder(flight)) {
            return new BeginResult.Fenced();
        }
        if (record.status.isTerminal()) {
            return new BeginResult.AlreadyEnded(ending(record));
        }
        boolean waits = record.status == RequestStatus.QUEUED && record.attempt == 0;
        return waits && record.cancelRequested
                ? new BeginResult.AlreadyEnded(cancelled(record))
                : new StillWaiting(null);
    }

    /** Returns the prepared results; the policies themselves are implemented by a Lua script. */
    @Override
    public DecideResult decide(BusyArrival arrival) {
        callStore();
        arrivals.add(arrival);
        return decisions.isEmpty() ? new PolicyDecision(Map.of(), List.of()) : decisions.removeFirst();
    }

    @Override
    public void release(FlightRef flight) {
        callStore();
        FakeRequest record = records.get(flight.request());
        if (record.flight.equals(flight.flight())) {
            record.status = RequestStatus.QUEUED;
            record.flight = "";
        }
    }

    @Override
    public boolean startHandover(FlightRef flight, Duration handover) {
        callStore();
        FakeRequest record = records.get(flight.request());
        if (fenced || record.status != RequestStatus.RUNNING || !record.flight.equals(flight.flight())) {
            return false;
        }
        record.leavingUntil = clock.getAsLong() + handover.toMillis();
        return true;
    }

    @Override
    public GiveUpResult giveUp(FlightRef flight, String type, TurnError error, int attempts) {
        brokenUntilGivenUp = false;
        callStore();
        FakeRequest record = records.computeIfAbsent(flight.request(), any -> new FakeRequest());
        if (!record.status.isTerminal()) {
            record.status = RequestStatus.FAILED;
            record.error = error;
            record.attempt = Math.max(record.attempt, attempts);
        }
        return new BeginResult.AlreadyEnded(ending(record));
    }

    @Override
    public void markQuarantined(FlightRef flight) {
        records.get(flight.request()).quarantined = true;
    }

    @Override
    public boolean delete(FlightRef flight) {
        callStore();
        histories.remove(flight.session());
        return !fenced;
    }

    @Override
    public void prefetch(SessionKey session) {}

    private static TurnEnding ending(FakeRequest record) {
        return new TurnEnding(
                record.status, record.attempt, record.answer, record.error, record.quarantined, record.cause);
    }
}
