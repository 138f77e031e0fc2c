package io.turnlane.processor.replay;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionKey;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.turn.Flights;
import io.turnlane.processor.turn.RetryPolicy;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.TurnEngine;
import io.turnlane.store.memory.InMemorySessionMemory;
import io.turnlane.store.memory.MemoryLimits;
import io.turnlane.store.memory.TurnEnding;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Runs recorded turns again, with the same {@link TurnEngine} as the lanes. Each replay has its own memory in the heap.
 * The other services of a turn are replaced by ones that do nothing: no record is published, and Redis is not used. The
 * agent is called once, and a failure is not retried.
 *
 * <p>Thread-safe.
 */
public final class TurnReplay {

    private static final RetryPolicy ONCE = new RetryPolicy(1, Duration.ofSeconds(1), Duration.ofSeconds(1));

    private final KafkaTurnArchive archive;
    private final AgentCatalog agents;
    private final TurnEngine.TurnRules rules;
    private final TurnEngine.TurnRuntime surroundings;
    private final ReplaySettings settings;
    private final WireFormat wire;

    /**
     * Settings of a replay.
     *
     * @param turns maximum number of turns in a session's history
     * @param grace maximum time for which an agent may run after its interrupt
     */
    public record ReplaySettings(int turns, Duration grace) {}

    public TurnReplay(
            KafkaTurnArchive archive,
            AgentCatalog agents,
            TurnEngine.TurnRules rules,
            TurnEngine.TurnRuntime surroundings,
            ReplaySettings settings,
            WireFormat wire) {
        this.archive = archive;
        this.agents = agents;
        this.rules = new TurnEngine.TurnRules(ONCE, rules.limits(), rules.minRequestRetention());
        this.surroundings = surroundings;
        this.settings = settings;
        this.wire = wire;
    }

    /** The recorded turn and the outcome of its replay. */
    public record Replayed(RecordedTurn recorded, TurnOutcome replayed) {

        /**
         * Returns true if the outcome of the replay {@linkplain TurnOutcome#matches matches} the recorded one. Returns
         * false if it differs or if the recorded outcome is unknown.
         */
        public boolean isSame() {
            TurnOutcome before = recorded.outcome();
            return before != null && before.matches(replayed);
        }
    }

    /**
     * Replays a turn.
     *
     * @param session probable session of the turn, whose partition is searched first; null if unknown
     * @return the replayed turn; empty if the {@linkplain KafkaTurnArchive#find archive} doesn't find the turn
     */
    public Optional<Replayed> replay(RequestId request, @Nullable SessionKey session) {
        return archive.find(request, session).map(recorded -> new Replayed(recorded, run(recorded)));
    }

    private TurnOutcome run(RecordedTurn recorded) {
        Ask ask = recorded.ask();
        InMemorySessionMemory memory = new InMemorySessionMemory(limits(), surroundings.clock());
        memory.setHistory(ask.key(), recorded.history());
        memory.setStates(ask.key(), recorded.states());
        memory.accept(ask);
        var _ = engine(memory).runner().run(ask.key(), turn(recorded));
        TurnEnding ending = memory.ending(ask.key(), ask.requestId())
                .orElseThrow(() -> new IllegalStateException("the replay failed; see the log for the cause"));
        return new TurnOutcome(ending.answer(), ending.error());
    }

    /** The turn runs once and is never deleted, so only the size of the history limits it. */
    private MemoryLimits limits() {
        Duration unlimited = Duration.ofDays(365);
        return new MemoryLimits(settings.turns(), Integer.MAX_VALUE, unlimited, unlimited, 1, unlimited);
    }

    private TurnEngine engine(InMemorySessionMemory memory) {
        TurnEngine.TurnServices services = new TurnEngine.TurnServices(
                memory,
                new UnsupportedSessionEdits(),
                agents,
                (_, _, _) -> CompletableFuture.completedFuture(null),
                _ -> CompletableFuture.completedFuture(null),
                _ -> CompletableFuture.completedFuture(null),
                _ -> {},
                new NoMemoryLoss(),
                wire);
        return new TurnEngine(services, rules, surroundings, new Flights(surroundings.delay(), settings.grace()));
    }

    private static Turn turn(RecordedTurn recorded) {
        Ask ask = recorded.ask();
        return new Turn(
                ask.key(),
                ask.requestId(),
                new Turn.Envelope(Ask.TYPE, WireFormat.SCHEMA_VERSION, null),
                recorded.partition(),
                recorded.offset(),
                recorded.loggedAt(),
                new RecordedClaim(recorded));
    }
}
