package io.turnlane.processor.replay;

import io.turnlane.model.AgentStates;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.replay.compare.TurnOutcome;
import io.turnlane.processor.turn.Flights;
import io.turnlane.processor.turn.RetryPolicy;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.TurnEngine;
import io.turnlane.store.memory.InMemorySessionMemory;
import io.turnlane.store.memory.MemoryLimits;
import io.turnlane.store.memory.TurnEnding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Runs recorded turns again, with the same {@link TurnEngine} as the lanes. Each run has its own memory in the heap.
 * The other services of a turn are replaced by ones that do nothing: no record is published, and Redis is not used. The
 * agent is called once, and a failure is not retried.
 *
 * <p>Thread-safe.
 */
public final class TurnRerun {

    private static final RetryPolicy ONCE = new RetryPolicy(1, Duration.ofSeconds(1), Duration.ofSeconds(1));

    private final AgentCatalog agents;
    private final TurnEngine.TurnRules rules;
    private final TurnEngine.TurnRuntime surroundings;
    private final RerunSettings settings;
    private final WireFormat wire;

    /**
     * Settings of a run.
     *
     * @param turns maximum number of turns in a session's history
     * @param grace maximum time for which an agent may run after its interrupt
     */
    public record RerunSettings(int turns, Duration grace) {}

    /**
     * Result of a run.
     *
     * @param states states of the session's agents after the turn
     */
    record Rerun(TurnOutcome outcome, AgentStates states) {}

    public TurnRerun(
            AgentCatalog agents,
            TurnEngine.TurnRules rules,
            TurnEngine.TurnRuntime surroundings,
            RerunSettings settings,
            WireFormat wire) {
        this.agents = agents;
        this.rules = new TurnEngine.TurnRules(ONCE, rules.limits(), rules.minRequestRetention());
        this.surroundings = surroundings;
        this.settings = settings;
        this.wire = wire;
    }

    /** Returns true if there is an agent of this name. */
    boolean has(String agent) {
        return agents.has(agent);
    }

    /** Returns the maximum number of turns in a session's history. */
    int maxTurns() {
        return settings.turns();
    }

    /**
     * Runs a turn with its recorded memory. If the agent is not the recorded one and has no state in the session, it
     * receives the state of the recorded agent, so that a new version can continue with it.
     *
     * @param agent name of the agent that answers
     */
    Rerun run(RecordedTurn recorded, String agent) {
        Ask ask = withAgent(recorded.ask(), agent);
        InMemorySessionMemory memory = new InMemorySessionMemory(limits(), surroundings.clock());
        memory.setHistory(ask.key(), recorded.history());
        memory.setStates(ask.key(), statesFor(recorded, agent));
        memory.accept(ask);
        RunEvents events = new RunEvents();
        var _ = engine(memory, events).runner().run(ask.key(), turn(recorded, wire.write(ask)));
        TurnEnding ending = memory.ending(ask.key(), ask.requestId())
                .orElseThrow(() -> new IllegalStateException("the replay failed; see the log for the cause"));
        return new Rerun(
                new TurnOutcome(ending.answer(), ending.error(), ending.usage(), events.tools(), events.latencyMs()),
                memory.states(ask.key()));
    }

    private static AgentStates statesFor(RecordedTurn recorded, String agent) {
        AgentStates states = recorded.states();
        Map<String, Object> before = states.of(recorded.ask().agent());
        return states.of(agent).isEmpty() && !before.isEmpty() ? states.with(agent, before) : states;
    }

    private static Ask withAgent(Ask ask, String agent) {
        return agent.equals(ask.agent())
                ? ask
                : new Ask(
                        ask.requestId(),
                        ask.sessionId(),
                        ask.userId(),
                        agent,
                        ask.question(),
                        ask.metadata(),
                        ask.sessionTtl(),
                        ask.createdAt(),
                        ask.deadline(),
                        ask.redriveOf(),
                        ask.policy(),
                        ask.priority(),
                        ask.callbackUrl(),
                        ask.route());
    }

    /** The turn runs once and is never deleted, so only the size of the history limits it. */
    private MemoryLimits limits() {
        Duration unlimited = Duration.ofDays(365);
        return new MemoryLimits(settings.turns(), Integer.MAX_VALUE, unlimited, unlimited, 1, unlimited);
    }

    private TurnEngine engine(InMemorySessionMemory memory, RunEvents events) {
        TurnEngine.TurnServices services = new TurnEngine.TurnServices(
                memory,
                new UnsupportedSessionEdits(),
                agents,
                (_, _, event) -> {
                    events.add(event);
                    return CompletableFuture.completedFuture(null);
                },
                _ -> CompletableFuture.completedFuture(null),
                _ -> CompletableFuture.completedFuture(null),
                _ -> {},
                new NoMemoryLoss(),
                wire);
        return new TurnEngine(services, rules, surroundings, new Flights(surroundings.delay(), settings.grace()));
    }

    private static Turn turn(RecordedTurn recorded, byte[] command) {
        Ask ask = recorded.ask();
        return new Turn(
                ask.key(),
                ask.requestId(),
                new Turn.Envelope(Ask.TYPE, WireFormat.SCHEMA_VERSION, null),
                recorded.partition(),
                recorded.offset(),
                recorded.loggedAt(),
                new RecordedClaim(recorded, command));
    }

    /** Events of one run. Thread-safe, because an agent can continue after its call was abandoned. */
    private static final class RunEvents {

        private final List<String> tools = new ArrayList<>();
        private @Nullable Instant started;
        private @Nullable Instant ended;

        synchronized void add(TurnEvent event) {
            switch (event.body()) {
                case TurnEvent.Started _ -> started = event.at();
                case TurnEvent.ToolCalled called -> tools.add(called.call().tool());
                default -> {
                    if (event.body().endsTurn()) {
                        ended = event.at();
                    }
                }
            }
        }

        synchronized List<String> tools() {
            return List.copyOf(tools);
        }

        synchronized @Nullable Long latencyMs() {
            return started == null || ended == null
                    ? null
                    : (Long) Math.max(0, Duration.between(started, ended).toMillis());
        }
    }
}
