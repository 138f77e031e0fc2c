package io.turnlane.chaos.simulation;

import io.turnlane.chaos.simulation.VirtualTime.KilledError;
import io.turnlane.chaos.simulation.VirtualTime.SimulatedHost;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.CurrentTurn;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.processor.intake.IntakeSettings;
import io.turnlane.processor.intake.RecordReader;
import io.turnlane.processor.intake.TurnPoller;
import io.turnlane.processor.intake.TurnRecordHandler;
import io.turnlane.processor.lane.Delay;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.replay.NoMemoryLoss;
import io.turnlane.processor.replay.UnsupportedSessionEdits;
import io.turnlane.processor.turn.AgentTimes;
import io.turnlane.processor.turn.AnswerLimits;
import io.turnlane.processor.turn.Flights;
import io.turnlane.processor.turn.Handover;
import io.turnlane.processor.turn.RetryPolicy;
import io.turnlane.processor.turn.StepRetrier;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.TurnEngine;
import io.turnlane.processor.turn.WaitingTurns;
import io.turnlane.store.memory.SessionMemory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.MockConsumer;

/** Processor of a simulation, built from the engine's own classes. */
final class SimulatedProcessor {

    static final String AGENT = "simulated";
    private static final Duration HANDOVER = Duration.ofSeconds(1);
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration AGENT_TIMEOUT = Duration.ofSeconds(5);
    private static final WireFormat WIRE = new WireFormat();

    private final SimulatedWorld world;
    private final SimulatedHost host;
    private final VirtualTime time;
    private final Random random;
    private final SimulatedFaults faults;
    private final LaneScheduler<SessionKey, Turn> lanes;
    private final WaitingTurns waiting;
    private final TurnPoller poller;

    /** Creates a processor and starts its poll strand. */
    SimulatedProcessor(SimulatedWorld world, SimulatedHost host, Duration clockError, Mutation mutation) {
        this.world = world;
        this.host = host;
        this.time = world.time();
        this.random = world.random();
        this.faults = world.faults();
        InstantSource clock = () -> time.instant().plus(clockError);
        Delay delay = (after, task) -> time.after(host, after, task);
        Executor executor = task -> time.spawn(host, task);
        StepRetrier.Pause pause = time::sleep;
        SessionMemory memory = new SimulatedStore(world, host, mutation);
        Flights flights = new Flights(delay, GRACE);
        TurnEngine engine = engine(memory, clock, delay, pause, flights);
        lanes = new LaneScheduler<>(
                1 + random.nextInt(4),
                executor,
                delay,
                Turn::identity,
                Turn::priorityRank,
                engine.runner(),
                (_, _) -> {});
        waiting = engine.waitingTurns(lanes, new AgentTimes(clock));
        TurnRecordHandler handler = new TurnRecordHandler(
                lanes,
                new Handover(flights, memory, Runnable::run, HANDOVER, Duration.ofNanos(1)),
                memory,
                waiting,
                engine.recordQuarantine(),
                _ -> {
                    throw new IllegalStateException("the log of a simulation has no gaps");
                },
                executor,
                clock);
        poller = new TurnPoller(
                new SimulatedConsumer(world, host, mutation == Mutation.FRONTIER),
                new IntakeSettings(
                        SimulatedKafka.TOPIC,
                        3 + random.nextInt(20),
                        1_000_000,
                        100,
                        Duration.ofSeconds(1),
                        Duration.ofMillis(500)),
                handler,
                clock,
                time::nanos,
                new RecordReader(() -> new MockConsumer<>("none"), 1),
                _ -> {});
        time.spawn(host, poller);
    }

    private TurnEngine engine(
            SessionMemory memory, InstantSource clock, Delay delay, StepRetrier.Pause pause, Flights flights) {
        AgentFactory factory = new AgentFactory() {
            @Override
            public AgentDescription description() {
                return new AgentDescription(AGENT, "", List.of());
            }

            @Override
            public Agent create() {
                return (_, _, sink) -> answer(sink);
            }
        };
        return new TurnEngine(
                new TurnEngine.TurnServices(
                        memory,
                        new UnsupportedSessionEdits(),
                        new AgentCatalog(List.of(factory)),
                        (session, _, event) -> publish(session, event),
                        _ -> CompletableFuture.completedFuture(null),
                        _ -> acknowledgement(() -> {}),
                        _ -> {},
                        new NoMemoryLoss(),
                        WIRE),
                new TurnEngine.TurnRules(
                        new RetryPolicy(3, Duration.ofMillis(500), Duration.ofSeconds(5)),
                        new AnswerLimits(10_000, 10_000, 1_000, Duration.ofMillis(15), AGENT_TIMEOUT),
                        Duration.ofDays(7)),
                new TurnEngine.TurnRuntime(
                        clock, delay, task -> time.call(host, task), pause, random, new Semaphore(1)),
                flights);
    }

    private Answer answer(AnswerSink sink) throws Exception {
        RequestId request = CurrentTurn.get().orElseThrow().requestId();
        String text = SimulatedHistory.answerTo(request).text();
        time.sleepInterruptibly(Duration.ofMillis(random.nextInt(random.nextInt(10) == 0 ? 8_000 : 800)));
        if (random.nextInt(10) == 0) {
            throw random.nextInt(4) == 0
                    ? new TerminalAgentException(ErrorCode.USAGE_LIMIT, "simulated")
                    : new IllegalStateException("simulated");
        }
        sink.delta(text.substring(0, 7));
        time.sleepInterruptibly(Duration.ofMillis(random.nextInt(300)));
        sink.delta(text.substring(7));
        return SimulatedHistory.answerTo(request);
    }

    private CompletableFuture<?> publish(SessionKey session, TurnEvent event) {
        return acknowledgement(() -> {
            world.journal().add(host, "publishes", event.body().type(), "of", event.requestId());
            world.history().published(session, event);
        });
    }

    private CompletableFuture<?> acknowledgement(Runnable append) {
        if (host.isDead()) {
            throw new KilledError();
        }
        if (faults.losesCall()) {
            return CompletableFuture.failedFuture(new TimeoutException());
        }
        append.run();
        return faults.losesReply()
                ? CompletableFuture.failedFuture(new TimeoutException())
                : CompletableFuture.completedFuture(null);
    }

    SimulatedHost host() {
        return host;
    }

    /** Delivers the wake-up of a cancel. */
    void cancel(SessionKey session, RequestId request) {
        var _ = time.after(host, Duration.ZERO, () -> waiting.cancel(session, request));
    }

    /** Stops the processor as SIGTERM does, but without its drain. */
    void stop() {
        poller.stop();
    }

    boolean isIdle() {
        return lanes.counts().items() == 0 && poller.statistics().open() == 0;
    }
}
