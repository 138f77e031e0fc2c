package io.turnlane.store.memory;

import io.turnlane.model.AgentStates;
import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.Usage;
import io.turnlane.store.MemoryUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@link InMemorySessionMemory} with faults and prepared results that tests can trigger. Adds no behaviour of its own
 * otherwise. For one thread at a time.
 */
public final class FakeSessionMemory implements SessionMemory {

    /** Limits of the store. A turn may crash so often that tests of other subjects never reach the limit. */
    private static final MemoryLimits LIMITS =
            new MemoryLimits(10, Integer.MAX_VALUE, Duration.ofDays(1), Duration.ofDays(7), 100, Duration.ofDays(1));

    private final InMemorySessionMemory store;
    private final Map<RequestId, SessionKey> sessions = new HashMap<>();
    private final Deque<DecideResult> decisions = new ArrayDeque<>();
    private final List<BusyArrival> arrivals = new ArrayList<>();
    private int failuresToCome;
    private boolean broken;
    private boolean brokenUntilGivenUp;
    private boolean brokenAlways;
    private boolean suspect;
    private boolean lostBeforeCommit;
    private Duration timeLeft;
    private Runnable duringBegin = () -> {};
    private Runnable duringCommit = () -> {};

    /** @param clock clock of the store */
    public FakeSessionMemory(InstantSource clock) {
        store = new InMemorySessionMemory(LIMITS, clock);
    }

    /** Accepts a question as a gateway does, unless it is accepted already. */
    public void accept(Ask ask) {
        sessions.put(ask.requestId(), ask.key());
        store.accept(ask);
    }

    /** Requests cancellation of an accepted turn. Returns true if the turn had not ended. */
    public boolean requestCancel(RequestId request) {
        return store.requestCancel(sessions.get(request), request);
    }

    /** Sets the results of the next calls of {@link #decide}; later calls reach the store. */
    public void willDecide(DecideResult... answers) {
        decisions.addAll(List.of(answers));
    }

    /** Returns the arguments of all calls of {@link #decide}, in order. */
    public List<BusyArrival> arrivals() {
        return arrivals;
    }

    /** Makes this many calls fail without reaching the store. */
    public void failNext(int calls) {
        failuresToCome = calls;
    }

    /** Makes the store behave as if a newer owner had written to the session of an accepted question. */
    public void setFenced(Ask ask) {
        accept(ask);
        store.session(ask.key()).fence = Long.MAX_VALUE;
    }

    /** Makes the store lose all data once, immediately before the next commit. */
    public void loseBeforeCommit() {
        lostBeforeCommit = true;
    }

    public List<PastTurn> history(SessionKey session) {
        return store.history(session);
    }

    /** Sets the states of agents with which the next turn of the session begins. */
    public void setStates(SessionKey session, AgentStates states) {
        store.setStates(session, states);
    }

    public AgentStates states(SessionKey session) {
        return store.states(session);
    }

    /** Returns the usage of a user today. */
    public Usage usageOfUser(String namespace) {
        return store.usageOfUser(namespace);
    }

    public RequestStatus status(RequestId request) {
        return store.status(sessions.get(request), request).orElseThrow();
    }

    /** Makes the store lose all data now. */
    public void loseEverything() {
        store.loseEverything();
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
        List<PastTurn> turns = new ArrayList<>(history(session));
        turns.add(turn);
        store.setHistory(session, turns);
    }

    /** Sets the time left until the deadline of every turn. */
    public void timeLeft(Duration time) {
        timeLeft = time;
    }

    public long eventsFrom(RequestId request) {
        return store.session(sessions.get(request)).requests.get(request).eventsFrom;
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

    private void callStore(FlightRef flight) {
        sessions.put(flight.request(), flight.session());
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
        callStore(beginning.flight());
        duringBegin.run();
        if (suspect && !beginning.soleSuspect()) {
            return new BeginResult.CrashSuspected();
        }
        BeginResult result = store.begin(beginning);
        return timeLeft != null && result instanceof BeginResult.RunTurn run
                ? new BeginResult.RunTurn(
                        run.attempt(),
                        run.failures(),
                        timeLeft,
                        run.memory(),
                        run.memoryIssue(),
                        run.states(),
                        run.mergedQuestions(),
                        run.usage())
                : result;
    }

    @Override
    public SettleResult commit(
            FlightRef flight, PastTurn turn, Answer answer, AgentStates states, Map<Phase, Instant> phases) {
        callStore(flight);
        duringCommit.run();
        if (lostBeforeCommit) {
            lostBeforeCommit = false;
            loseEverything();
        }
        return store.commit(flight, turn, answer, states, phases);
    }

    @Override
    public SettleResult fail(FlightRef flight, TurnError error, boolean last, Usage usage, Map<Phase, Instant> phases) {
        callStore(flight);
        return store.fail(flight, error, last, usage, phases);
    }

    @Override
    public SettleResult cancel(
            FlightRef flight, PastTurn turn, boolean takesOver, Usage usage, Map<Phase, Instant> phases) {
        callStore(flight);
        return store.cancel(flight, turn, takesOver, usage, phases);
    }

    @Override
    public DismissResult dismiss(FlightRef flight) {
        callStore(flight);
        return store.dismiss(flight);
    }

    @Override
    public DecideResult decide(BusyArrival arrival) {
        callStore(arrival.flight());
        arrivals.add(arrival);
        return decisions.isEmpty() ? store.decide(arrival) : decisions.removeFirst();
    }

    @Override
    public void release(FlightRef flight, Usage usage) {
        callStore(flight);
        store.release(flight, usage);
    }

    @Override
    public boolean startHandover(FlightRef flight, Duration handover) {
        callStore(flight);
        return store.startHandover(flight, handover);
    }

    @Override
    public GiveUpResult giveUp(FlightRef flight, String type, TurnError error, int attempts) {
        brokenUntilGivenUp = false;
        callStore(flight);
        return store.giveUp(flight, type, error, attempts);
    }

    @Override
    public void markQuarantined(FlightRef flight) {
        store.markQuarantined(flight);
    }

    @Override
    public boolean delete(FlightRef flight) {
        callStore(flight);
        return store.delete(flight);
    }

    @Override
    public void prefetch(SessionKey session) {}
}
