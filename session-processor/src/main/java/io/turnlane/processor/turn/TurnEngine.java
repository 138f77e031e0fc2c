package io.turnlane.processor.turn;

import io.turnlane.model.SessionKey;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.commands.CommandPublisher;
import io.turnlane.processor.events.EventPublisher;
import io.turnlane.processor.lane.Delay;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.lane.LaneWork;
import io.turnlane.processor.quarantine.QuarantinePublisher;
import io.turnlane.store.memory.SessionEdits;
import io.turnlane.store.memory.SessionMemory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Entry point of this package. Connects the classes that run turns with the services that they call. Thread-safe. */
public final class TurnEngine {

    private final TurnServices services;
    private final Delay delay;
    private final Flights flights;
    private final StepRetrier retrier;
    private final TurnStreams streams;
    private final TurnEnds ends;
    private final Predicate<Turn> tooOld;
    private final TurnRunner runner;

    /**
     * Services that turns call.
     *
     * @param observer receives the report of each flight
     */
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

    /** @param flights receives the flights of the turns that run */
    public TurnEngine(TurnServices services, TurnRules rules, TurnRuntime runtime, Flights flights) {
        WireFormat wire = services.wire();
        InstantSource clock = runtime.clock();
        this.services = services;
        this.delay = runtime.delay();
        this.flights = flights;
        this.retrier = new StepRetrier(runtime.pause(), services.lostMemory());
        this.tooOld = turn -> turn.loggedAt().isBefore(clock.instant().minus(rules.minRequestRetention()));
        this.streams = new TurnStreams(services.events(), wire, rules.limits(), clock, delay, runtime.executor());
        this.ends = new TurnEnds(streams, services.memory(), services.quarantine(), services.observer());
        EditRunner edits = new EditRunner(services.edits(), services.commands(), wire, ends, retrier, tooOld);
        this.runner = new TurnRunner(
                flights,
                new AskRunner(
                        flights,
                        services.memory(),
                        new AgentCaller(services.agents(), rules.limits(), wire, delay, runtime.executor()),
                        streams,
                        ends,
                        retrier,
                        tooOld,
                        rules.retries(),
                        runtime.random(),
                        runtime.crashSuspectPermit(),
                        clock),
                edits,
                ends,
                retrier,
                services.memory(),
                services.lostMemory(),
                new FailingTurns(edits, ends, retrier, services.memory(), rules.retries(), runtime.random()),
                wire);
    }

    /** Returns the work of the lanes: running the turn at the head of a lane. */
    public LaneWork<SessionKey, Turn> runner() {
        return runner;
    }

    /**
     * Creates the handler of the turns that wait in these lanes.
     *
     * @param agentTimes times from which waits are estimated
     */
    public WaitingTurns waitingTurns(LaneScheduler<SessionKey, Turn> lanes, AgentTimes agentTimes) {
        return new WaitingTurns(
                services.memory(), streams, ends, services.wire(), tooOld, delay, retrier, flights, lanes, agentTimes);
    }

    /** Returns the handler of records that cannot be read. */
    public RecordQuarantine recordQuarantine() {
        return new RecordQuarantine(services.quarantine(), retrier);
    }
}
