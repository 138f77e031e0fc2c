package io.turnlane.store.memory;

import io.turnlane.model.AgentStates;
import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Session memory in the heap, for replays, simulations and tests. Every method gives the same results as
 * {@link RedisSessionMemory}, checks in the same order, and can be repeated without harm; {@code MemoryContract} runs
 * the same tests against both. There are three differences: data does not expire, the size of a history is bounded in
 * turns but not in bytes, and no session is reserved for a fork.
 *
 * <p>Thread-safe; guarded by its own monitor.
 */
public final class InMemorySessionMemory implements SessionMemory {

    private final MemoryLimits limits;
    private final InstantSource clock;
    private final Map<SessionKey, InMemorySession> sessions = new HashMap<>();
    private final Map<UserDay, Usage> usages = new HashMap<>();

    private record UserDay(String namespace, LocalDate day) {}

    /** @param clock clock of the store, which decides when a deadline or a handover has passed */
    public InMemorySessionMemory(MemoryLimits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /** Sets the history with which the session starts. */
    public synchronized void setHistory(SessionKey key, List<PastTurn> turns) {
        InMemorySession session = session(key);
        session.history.clear();
        session.createContext();
        turns.forEach(turn -> session.remember(turn, limits.turns()));
    }

    /** Sets the states of agents with which the session starts. */
    public synchronized void setStates(SessionKey key, AgentStates states) {
        session(key).states = states;
    }

    /** Returns the states of the session's agents. */
    public synchronized AgentStates states(SessionKey key) {
        return session(key).states;
    }

    /** Creates the session's context and the request record, as a gateway does when it accepts the question. */
    public synchronized void accept(Ask ask) {
        InMemorySession session = session(ask.key());
        if (!session.requests.containsKey(ask.requestId())) {
            InMemoryRequest request = requestOf(ask);
            request.deadlineAt =
                    ask.deadline() == null ? null : now() + ask.deadline().toMillis();
            session.add(request);
        }
        if (!session.hasContext) {
            boolean lost = session.isMemoryLost();
            session.createContext();
            session.replacesLostContext = lost;
        }
    }

    /**
     * Requests cancellation of a turn, as a gateway does.
     *
     * @return true if the turn can only end as cancelled; false if it has ended or is unknown
     */
    public synchronized boolean requestCancel(SessionKey session, RequestId id) {
        InMemoryRequest request = request(session, id);
        if (request == null || request.status.isTerminal()) {
            return false;
        }
        request.requestCancel(new EndCause(EndCause.REQUESTED, null));
        return true;
    }

    public synchronized List<PastTurn> history(SessionKey session) {
        return List.copyOf(session(session).history);
    }

    /** Returns the status of a request; empty if it has no record. */
    public synchronized Optional<RequestStatus> status(SessionKey session, RequestId id) {
        return Optional.ofNullable(request(session, id)).map(request -> request.status);
    }

    /** Returns the terminal state of a request; empty if it has not ended. */
    public synchronized Optional<TurnEnding> ending(SessionKey session, RequestId id) {
        return Optional.ofNullable(request(session, id))
                .filter(request -> request.status.isTerminal())
                .map(request -> session(session).ending(request));
    }

    /** Returns the usage of a user today (UTC). */
    public synchronized Usage usageOfUser(String namespace) {
        return usages.getOrDefault(new UserDay(namespace, today()), Usage.NONE);
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    /** Stores the usage of the turn's attempts until now, and adds what is new to the usage of the user. */
    private void spend(FlightRef flight, InMemoryRequest request, Usage total) {
        if (!total.equals(Usage.NONE)) {
            UserDay day = new UserDay(flight.session().namespace(), today());
            usages.merge(day, total.minus(request.usage), Usage::plus);
            request.usage = total;
        }
    }

    @Override
    public synchronized BeginResult begin(BeginRequest beginning) {
        FlightRef flight = beginning.flight();
        InMemorySession session = session(flight.session());
        InMemoryRequest request = session.requests.get(flight.request());
        MemoryResult.NothingToRun nothingToRun = session.nothingToRun(flight, request);
        if (nothingToRun != null) {
            return nothingToRun;
        }
        if (request == null && session.isErasedByName(flight.request())) {
            return new MemoryResult.Erased();
        }
        long handover = request == null ? 0 : request.handoverLeft(flight.flight(), now());
        if (handover > 0) {
            return new MemoryResult.HandoverPending(Duration.ofMillis(handover));
        }
        boolean lost = session.isMemoryLost();
        if (!beginning.lossRuledOut() && (request == null || lost)) {
            return new MemoryResult.DataMissing(lost || (!beginning.tooOld() && session.contains(flight.request())));
        }
        if (request != null && request.cancelRequested) {
            return new MemoryResult.CancelRequested();
        }
        return new InMemoryBegin(session, request, beginning, limits, now()).run();
    }

    @Override
    public synchronized SettleResult commit(
            FlightRef flight, PastTurn turn, Answer answer, @Nullable AgentStates states, Map<Phase, Instant> phases) {
        InMemorySession session = session(flight.session());
        InMemoryRequest request = session.requests.get(flight.request());
        if (request != null && request.status == RequestStatus.COMPLETED && request.isLatest(flight.flight())) {
            return new SettleResult.Stored();
        }
        SettleResult rejection = rejection(session, request, flight);
        if (rejection != null || request == null) {
            return rejection == null ? new SettleResult.TurnLost() : rejection;
        }
        session.remember(turn, limits.turns());
        if (request.reportedIssue == session.issue) {
            session.issue = null;
        }
        spend(flight, request, answer.usage());
        request.answer = answer;
        if (states != null) {
            session.setStates(request.id, states);
        }
        request.error = null;
        request.leavingUntil = null;
        var _ = session.end(request, RequestStatus.COMPLETED, null);
        return new SettleResult.Stored();
    }

    @Override
    public synchronized SettleResult fail(
            FlightRef flight, TurnError error, boolean last, Usage usage, Map<Phase, Instant> phases) {
        InMemorySession session = session(flight.session());
        InMemoryRequest request = session.requests.get(flight.request());
        if (request != null
                && (request.status == RequestStatus.FAILED || request.status == RequestStatus.RETRYING)
                && request.isLatest(flight.flight())) {
            return new SettleResult.Stored();
        }
        SettleResult rejection = rejection(session, request, flight);
        if (rejection != null || request == null) {
            return rejection == null ? new SettleResult.TurnLost() : rejection;
        }
        spend(flight, request, usage);
        request.failures++;
        request.fail(error);
        if (last) {
            var _ = session.end(request, RequestStatus.FAILED, null);
        } else {
            request.status = RequestStatus.RETRYING;
        }
        return new SettleResult.Stored();
    }

    /** Returns the result for a flight that can't store its outcome; null if it can. */
    private static @Nullable SettleResult rejection(
            InMemorySession session, @Nullable InMemoryRequest request, FlightRef flight) {
        if (request != null && request.status.isTerminal()) {
            return new MemoryResult.AlreadyEnded(session.ending(request));
        }
        if (request == null || request.flight == null || !session.hasContext || session.isMemoryLost()) {
            return new SettleResult.TurnLost();
        }
        if (session.hasNewerFence(flight) || !request.isLatest(flight.flight())) {
            request.pardon(flight.flight());
            return new MemoryResult.Fenced();
        }
        return request.cancelRequested ? new MemoryResult.CancelRequested() : null;
    }

    @Override
    public synchronized SettleResult cancel(
            FlightRef flight, PastTurn turn, boolean takesOver, Usage usage, Map<Phase, Instant> phases) {
        InMemorySession session = session(flight.session());
        InMemoryRequest request = session.requests.get(flight.request());
        if (request != null && request.status.isTerminal()) {
            return new MemoryResult.AlreadyEnded(session.ending(request));
        }
        boolean flightLost = request == null || request.flight == null || !session.hasContext || session.isMemoryLost();
        if (request == null || (!takesOver && flightLost)) {
            return new SettleResult.TurnLost();
        }
        if (session.isFenced(flight, request) || (!takesOver && !request.isLatest(flight.flight()))) {
            request.pardon(flight.flight());
            return new MemoryResult.Fenced();
        }
        spend(flight, request, usage);
        if (session.hasContext && request.attempt > 0 && !request.leavesNoTrace) {
            session.remember(turn, limits.turns());
        }
        request.error = null;
        request.leavingUntil = null;
        return new MemoryResult.AlreadyEnded(session.end(request, RequestStatus.CANCELLED, request.cancelCause));
    }

    @Override
    public synchronized DismissResult dismiss(FlightRef flight) {
        InMemorySession session = session(flight.session());
        InMemoryRequest request = session.requests.get(flight.request());
        MemoryResult.NothingToRun nothingToRun = session.nothingToRun(flight, request);
        if (nothingToRun != null) {
            return nothingToRun;
        }
        if (request == null || !request.waits()) {
            return new StillWaiting(null);
        }
        if (request.cancelRequested) {
            return new MemoryResult.AlreadyEnded(session.end(request, RequestStatus.CANCELLED, request.cancelCause));
        }
        if (request.deadlineAt == null) {
            return new StillWaiting(null);
        }
        long left = request.deadlineAt - now();
        if (left > 0) {
            return new StillWaiting(Duration.ofMillis(left));
        }
        request.fail(MemoryErrors.DEADLINE_EXCEEDED);
        return new MemoryResult.AlreadyEnded(session.end(request, RequestStatus.FAILED, null));
    }

    @Override
    public synchronized DecideResult decide(BusyArrival arrival) {
        FlightRef flight = arrival.flight();
        InMemorySession session = session(flight.session());
        InMemoryRequest request = session.requests.get(flight.request());
        if (session.isErased(flight)) {
            return new MemoryResult.Erased();
        }
        if (session.isFenced(flight, request)) {
            return new MemoryResult.Fenced();
        }
        if (request == null) {
            if (session.isErasedByName(flight.request())) {
                return new MemoryResult.Erased();
            }
            if (!arrival.lossRuledOut()) {
                return new MemoryResult.DataMissing(!arrival.tooOld() && session.contains(flight.request()));
            }
            if (arrival.tooOld()) {
                return new PolicyDecision(Map.of(), List.of());
            }
            request = requestOf(arrival.ask());
            request.deadlineAt = deadlineOf(arrival.ask(), now());
            request.eventsFrom = arrival.eventsFrom();
            session.add(request);
        }
        return new InMemoryPolicy(session, request, arrival).decide();
    }

    @Override
    public synchronized void release(FlightRef flight, Usage usage) {
        InMemoryRequest request = request(flight.session(), flight.request());
        if (request == null) {
            return;
        }
        if (request.status == RequestStatus.RUNNING && request.isLatest(flight.flight())) {
            spend(flight, request, usage);
            request.status = RequestStatus.QUEUED;
            request.flight = "";
            request.leavingUntil = null;
        } else if (!request.status.isTerminal()) {
            request.pardon(flight.flight());
        }
    }

    @Override
    public synchronized boolean startHandover(FlightRef flight, Duration handover) {
        InMemorySession session = session(flight.session());
        InMemoryRequest request = session.requests.get(flight.request());
        if (request == null
                || request.status != RequestStatus.RUNNING
                || !request.isLatest(flight.flight())
                || session.hasNewerFence(flight)) {
            return false;
        }
        if (request.leavingUntil == null) {
            request.leavingUntil = now() + handover.toMillis();
        }
        return true;
    }

    @Override
    public synchronized GiveUpResult giveUp(FlightRef flight, @Nullable String type, TurnError error, int attempts) {
        InMemorySession session = session(flight.session());
        InMemoryRequest request = session.requests.get(flight.request());
        MemoryResult.NothingToRun nothingToRun = session.nothingToRun(flight, request);
        if (nothingToRun != null) {
            return nothingToRun;
        }
        long handover = request == null ? 0 : request.handoverLeft("", now());
        if (handover > 0) {
            return new MemoryResult.HandoverPending(Duration.ofMillis(handover));
        }
        if (request == null) {
            request = new InMemoryRequest(flight.request(), flight.loggedAt().toEpochMilli(), "", "");
            session.add(request);
        }
        if (request.cancelRequested) {
            return new MemoryResult.AlreadyEnded(session.end(request, RequestStatus.CANCELLED, request.cancelCause));
        }
        request.fence = flight.fence();
        request.flight = "";
        request.attempt = Math.max(request.attempt, attempts);
        request.fail(error);
        return new MemoryResult.AlreadyEnded(session.end(request, RequestStatus.FAILED, null));
    }

    @Override
    public synchronized void markQuarantined(FlightRef flight) {
        InMemoryRequest request = request(flight.session(), flight.request());
        if (request != null) {
            request.quarantined = true;
        }
    }

    @Override
    public synchronized boolean delete(FlightRef flight) {
        InMemorySession session = session(flight.session());
        if (session.isErased(flight)) {
            session.forget(flight.request());
            return true;
        }
        if (session.isFenced(flight, null)) {
            return false;
        }
        session.delete(flight, RedisSessionMemory.MAX_ERASED_IDS);
        return true;
    }

    @Override
    public void prefetch(SessionKey session) {}

    /** Loses the context and the history of every session and every request record, as a store that loses keys. */
    synchronized void loseEverything() {
        sessions.values().forEach(session -> {
            session.loseMemory();
            session.requests.clear();
            session.indexed.clear();
            session.open.clear();
        });
    }

    synchronized InMemorySession session(SessionKey session) {
        return sessions.computeIfAbsent(session, _ -> new InMemorySession());
    }

    private @Nullable InMemoryRequest request(SessionKey session, RequestId id) {
        return session(session).requests.get(id);
    }

    private long now() {
        return clock.millis();
    }

    static InMemoryRequest requestOf(Ask ask) {
        return new InMemoryRequest(ask.requestId(), ask.createdAt().toEpochMilli(), ask.question(), ask.agent());
    }

    /** Returns the time at which the question's deadline passes; null without a deadline. */
    static @Nullable Long deadlineOf(Ask ask, long now) {
        return ask.deadline() == null
                ? null
                : Math.min(ask.createdAt().toEpochMilli(), now) + ask.deadline().toMillis();
    }
}
