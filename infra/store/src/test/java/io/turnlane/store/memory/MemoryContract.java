package io.turnlane.store.memory;

import io.turnlane.model.AgentStates;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.Usage;
import io.turnlane.store.memory.BeginResult.RunTurn;
import io.turnlane.store.memory.MemoryResult.AlreadyEnded;
import io.turnlane.store.memory.SessionMemory.BeginRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Base of the contract of {@link SessionMemory}: the operations that its tests use. Each test has its own session. The
 * contract consists of {@link BeginContract}, {@link SettleContract}, {@link WaitingContract} and
 * {@link UsageContract}, which extend each other. One subclass runs all of them against Redis, another one against
 * {@link InMemorySessionMemory}.
 */
abstract class MemoryContract {

    static final MemoryLimits LIMITS =
            new MemoryLimits(3, 100_000, Duration.ofHours(24), Duration.ofDays(7), 3, Duration.ofHours(1));
    static final TurnError ERROR = TurnError.of(ErrorCode.AGENT_ERROR, "no");
    static final Duration MINUTE = Duration.ofMinutes(1);

    final SessionKey session = SessionKey.of(null, SessionId.random());
    private long offset = 100;

    abstract SessionMemory memory();

    /** Accepts a question, as a gateway does. */
    abstract void accept(Ask ask);

    /** Requests cancellation, as a gateway does. */
    abstract void requestCancel(Ask ask);

    /** Loses the session's context and history. */
    abstract void loseMemory();

    /** Loses the request record. The session's indexes still contain the request. */
    abstract void loseRecord(Ask ask);

    /** Returns the number of open requests of the session. */
    abstract long openRequests();

    Ask ask(String question) {
        return ask(question, null, TurnPolicy.ENQUEUE);
    }

    Ask ask(String question, Duration deadline, TurnPolicy policy) {
        return ask(new RequestId(UUID.randomUUID()), question, Instant.now(), deadline, policy, "echo");
    }

    /** Returns the same question, asked so long ago that its deadline has passed. */
    Ask late(Ask ask) {
        Instant at = Instant.now().minusSeconds(120);
        return ask(ask.requestId(), ask.question(), at, MINUTE, ask.policy(), ask.agent());
    }

    Ask ask(RequestId id, String question, Instant at, Duration deadline, TurnPolicy policy, String agent) {
        return new Ask(
                id,
                session.sessionId(),
                null,
                agent,
                question,
                Map.of(),
                Duration.ofHours(1),
                at,
                deadline,
                null,
                policy,
                Priority.NORMAL,
                null);
    }

    /** Returns a question that was accepted. */
    Ask accepted(String question) {
        Ask ask = ask(question);
        accept(ask);
        return ask;
    }

    Ask accepted(String question, TurnPolicy policy) {
        Ask ask = ask(question, null, policy);
        accept(ask);
        return ask;
    }

    /** Returns a question that was accepted and answered by an owner with the given fence. */
    Ask answered(String question, long fence) {
        Ask ask = accepted(question);
        answer(ask, flight(ask, fence));
        return ask;
    }

    void answer(Ask ask, FlightRef flight) {
        begin(flight, ask);
        commit(flight, ask);
    }

    FlightRef flight(Ask ask, long fence) {
        return flight(ask.requestId(), fence);
    }

    FlightRef flight(RequestId request, long fence) {
        return new FlightRef(session, request, UUID.randomUUID().toString(), fence, 0, offset++, Instant.now());
    }

    BeginRequest beginning(FlightRef flight, Ask ask) {
        return new BeginRequest(flight, ask, Map.of(), null, false, false, false, 0, Duration.ZERO, null);
    }

    BeginRequest afterCheck(FlightRef flight, Ask ask) {
        return new BeginRequest(flight, ask, Map.of(), null, false, false, true, 0, Duration.ZERO, null);
    }

    BeginRequest alone(FlightRef flight, Ask ask) {
        return new BeginRequest(flight, ask, Map.of(), null, false, true, false, 0, Duration.ZERO, null);
    }

    BeginRequest withoutAgent(FlightRef flight, Ask ask, Duration agentWait) {
        return new BeginRequest(flight, ask, Map.of(), null, false, false, false, 0, Duration.ZERO, agentWait);
    }

    BeginRequest old(FlightRef flight, Ask ask, boolean lossRuledOut) {
        return new BeginRequest(flight, ask, Map.of(), null, true, false, lossRuledOut, 0, Duration.ZERO, null);
    }

    BeginResult begin(FlightRef flight, Ask ask) {
        return memory().begin(beginning(flight, ask));
    }

    RunTurn run(FlightRef flight, Ask ask) {
        return (RunTurn) begin(flight, ask);
    }

    /** Lets a processor crash during the turn this many times. */
    void crash(Ask ask, int times) {
        for (int i = 0; i < times; i++) {
            memory().begin(alone(flight(ask, 1), ask));
        }
    }

    SettleResult commit(FlightRef flight, Ask ask) {
        return memory().commit(flight, past(ask), Answer.ofText("a: " + ask.question()), Map.of());
    }

    SettleResult commit(FlightRef flight, Ask ask, AgentStates states) {
        return memory().commit(flight, past(ask), Answer.ofText("a: " + ask.question()), states, Map.of());
    }

    SettleResult fail(FlightRef flight, boolean last) {
        return memory().fail(flight, ERROR, last, Usage.NONE, Map.of());
    }

    SettleResult cancel(FlightRef flight, Ask ask, boolean takesOver) {
        return memory().cancel(flight, interrupted(ask), takesOver, Usage.NONE, Map.of());
    }

    /** Deletes the session. The deletion is logged after all flights that exist. */
    FlightRef delete(long fence) {
        FlightRef deletion = flight(new RequestId(UUID.randomUUID()), fence);
        memory().delete(deletion);
        return deletion;
    }

    /** Returns the questions in the session's history. */
    List<String> history(long fence) {
        Ask ask = accepted("reads the history");
        FlightRef flight = flight(ask, fence);
        List<PastTurn> turns = run(flight, ask).memory().turns();
        fail(flight, true);
        return turns.stream().map(PastTurn::question).toList();
    }

    /** Returns the states of agents with which the next turn begins. */
    AgentStates states(long fence) {
        Ask ask = accepted("reads the states");
        FlightRef flight = flight(ask, fence);
        AgentStates states = run(flight, ask).states();
        fail(flight, true);
        return states;
    }

    /** Returns the terminal state of a turn, as a redelivery of its record receives it. */
    TurnEnding ending(Ask ask, long fence) {
        return ((AlreadyEnded) begin(flight(ask, fence), ask)).ending();
    }

    static AlreadyEnded failedWith(int attempt, TurnError error) {
        return new AlreadyEnded(new TurnEnding(RequestStatus.FAILED, attempt, null, error, false));
    }

    static PastTurn past(Ask ask) {
        return new PastTurn(
                ask.requestId(),
                RequestStatus.COMPLETED,
                ask.question(),
                "a: " + ask.question(),
                null,
                List.of(),
                Duration.ofMillis(12),
                Instant.EPOCH);
    }

    static PastTurn interrupted(Ask ask) {
        return new PastTurn(
                ask.requestId(),
                RequestStatus.CANCELLED,
                ask.question(),
                null,
                null,
                List.of(),
                Duration.ofMillis(12),
                Instant.EPOCH);
    }
}
