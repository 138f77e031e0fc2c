package io.turnlane.processor.replay;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionKey;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.memory.BeginResult.TurnEnding;
import io.turnlane.processor.turn.Flights;
import io.turnlane.processor.turn.RetryPolicy;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.TurnKit;
import io.turnlane.processor.turn.TurnRunner;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Runs recorded turns again, through {@link TurnRunner} as lanes do, with nothing behind its ports but memory of their
 * own: no log is written, no Redis asked. An agent is called once; what it fails at isn't tried again.
 *
 * <p>Safe for threads; each replay has a memory of its own.
 */
public final class TurnReplay {

    private static final RetryPolicy ONCE = new RetryPolicy(1, Duration.ofSeconds(1), Duration.ofSeconds(1));

    private final TurnArchive archive;
    private final AgentCatalog agents;
    private final TurnKit.TurnRules rules;
    private final TurnKit.TurnRuntime surroundings;
    private final ReplaySettings settings;
    private final WireFormat wire;

    /**
     * What holds for a replay.
     *
     * @param turns of history a session
     * @param grace how long an agent may go on after its time was up
     */
    public record ReplaySettings(int turns, Duration grace) {}

    public TurnReplay(
            TurnArchive archive,
            AgentCatalog agents,
            TurnKit.TurnRules rules,
            TurnKit.TurnRuntime surroundings,
            ReplaySettings settings,
            WireFormat wire) {
        this.archive = archive;
        this.agents = agents;
        this.rules = new TurnKit.TurnRules(ONCE, rules.limits(), rules.minRequestRetention());
        this.surroundings = surroundings;
        this.settings = settings;
        this.wire = wire;
    }

    /** What was recorded, and how the turn ends now. */
    public record Replayed(RecordedTurn recorded, TurnOutcome replayed) {

        /** Whether it ends as it did; false where nobody knows how it did. */
        public boolean isSame() {
            TurnOutcome before = recorded.outcome();
            return before != null && before.matches(replayed);
        }
    }

    /**
     * Runs it again.
     *
     * @param session whose it is; null where that isn't known
     * @return empty where the log doesn't hold it
     */
    public Optional<Replayed> replay(RequestId request, @Nullable SessionKey session) {
        return archive.find(request, session).map(recorded -> new Replayed(recorded, run(recorded)));
    }

    private TurnOutcome run(RecordedTurn recorded) {
        Ask ask = recorded.ask();
        InMemorySessionMemory memory = new InMemorySessionMemory(settings.turns());
        memory.setHistory(ask.key(), recorded.history());
        Flights flights = new Flights(surroundings.delay(), settings.grace());
        var _ = new TurnRunner(kit(memory), flights).run(ask.key(), turn(recorded));
        TurnEnding ending = memory.ending(ask.requestId())
                .orElseThrow(() -> new IllegalStateException("the turn broke; the log says how"));
        return new TurnOutcome(ending.answer(), ending.error());
    }

    private TurnKit kit(InMemorySessionMemory memory) {
        TurnKit.TurnServices nowhere = new TurnKit.TurnServices(
                memory,
                new UnsupportedSessionEdits(),
                agents,
                (_, _, _) -> CompletableFuture.completedFuture(null),
                _ -> CompletableFuture.completedFuture(null),
                _ -> CompletableFuture.completedFuture(null),
                _ -> {},
                new NoMemoryLoss(),
                wire);
        return new TurnKit(nowhere, rules, surroundings);
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
