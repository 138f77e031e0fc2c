package io.turnlane.processor.turn;

import io.turnlane.model.WireFormat;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.commands.CommandPublisher;
import io.turnlane.processor.events.EventPublisher;
import io.turnlane.processor.lane.Delay;
import io.turnlane.processor.quarantine.QuarantinePublisher;
import io.turnlane.store.memory.SessionEdits;
import io.turnlane.store.memory.SessionMemory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;

/** Dependencies and settings that all turns share. */
public record TurnKit(TurnServices services, TurnRules rules, TurnRuntime runtime) {

    /**
     * Returns true if the turn is so old that its request record can have expired. A missing request record then means
     * that the turn ended long ago.
     */
    boolean isTooOld(Turn turn) {
        return turn.loggedAt().isBefore(runtime.clock().instant().minus(rules.minRequestRetention()));
    }

    /** Services that turns call. */
    public record TurnServices(
            SessionMemory memory,
            SessionEdits edits,
            AgentCatalog agents,
            EventPublisher events,
            CommandPublisher commands,
            QuarantinePublisher quarantine,
            TurnObserver observer,
            LostMemory lostMemory,
            WireFormat wire) {}

    /**
     * Settings of all turns.
     *
     * @param minRequestRetention minimum time for which a turn has a request record, counted from the timestamp of the
     *     turn's record in the log. An older turn without a request record counts as ended
     */
    public record TurnRules(RetryPolicy retries, AnswerLimits limits, Duration minRequestRetention) {}

    /**
     * Clock, threads and randomness.
     *
     * @param executor starts a virtual thread for each task
     * @param pause suspends the calling thread; cannot be interrupted
     * @param crashSuspectPermit single permit, held by the crash suspect that runs
     */
    public record TurnRuntime(
            InstantSource clock,
            Delay delay,
            Executor executor,
            StepRetrier.Pause pause,
            RandomGenerator random,
            Semaphore crashSuspectPermit) {}
}
