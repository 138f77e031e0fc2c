package io.turnlane.processor.turn;

import io.turnlane.model.WireFormat;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.commands.CommandPublisher;
import io.turnlane.processor.events.EventPublisher;
import io.turnlane.processor.lane.Delay;
import io.turnlane.processor.memory.SessionEdits;
import io.turnlane.processor.memory.SessionMemory;
import io.turnlane.processor.quarantine.QuarantinePublisher;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;

/** What every turn needs; all of it shared by all turns. */
public record TurnKit(TurnServices services, TurnRules rules, TurnRuntime runtime) {

    /** Whether the turn is so old that one without a request record was answered long ago. */
    boolean isTooOld(Turn turn) {
        return turn.loggedAt().isBefore(runtime.clock().instant().minus(rules.minRequestRetention()));
    }

    /** Where a turn reaches out to. */
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
     * What holds for every turn.
     *
     * @param minRequestRetention how long a request's end is remembered, less the longest life of a turn: an older
     *     record without a request record was answered long ago
     */
    public record TurnRules(RetryPolicy retries, AnswerLimits limits, Duration minRequestRetention) {}

    /**
     * Time, chance and threads.
     *
     * @param pause lets the calling thread wait; can't be interrupted
     * @param crashSuspectPermit held by the one suspect of a crash that may run
     */
    public record TurnRuntime(
            InstantSource clock,
            Delay delay,
            Executor executor,
            StepRetrier.Pause pause,
            RandomGenerator random,
            Semaphore crashSuspectPermit) {}
}
