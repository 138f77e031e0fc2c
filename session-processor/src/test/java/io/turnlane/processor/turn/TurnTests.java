package io.turnlane.processor.turn;

import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.model.Priority;
import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.agent.AbsentAgents;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.Question;
import io.turnlane.processor.events.RecordRefusedException;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.lane.ManualDelay;
import io.turnlane.store.memory.FakeSessionEdits;
import io.turnlane.store.memory.FakeSessionMemory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Base class of tests that run turns with fake services. For one thread at a time, unless a test says otherwise. */
abstract class TurnTests {

    static final Instant NOW = Instant.parse("2026-11-21T06:00:00Z");
    static final SessionId SESSION = new SessionId("s-1");
    static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    final WireFormat wire = new WireFormat();
    final ManualDelay delay = new ManualDelay();
    Duration clockStep = Duration.ZERO; // step by which the clock was set
    final InstantSource clock = () -> NOW.plus(delay.passed()).plus(clockStep);
    final FakeSessionMemory memory = new FakeSessionMemory(clock);
    final List<TurnEvent> events = new ArrayList<>();
    final FakeSessionEdits edits = new FakeSessionEdits();
    final List<SessionCommand> commands = new ArrayList<>();
    final List<QuarantinedTurn> quarantined = new ArrayList<>();
    final List<TurnReport> reports = new ArrayList<>();
    final Flights flights = new Flights(delay, Duration.ofSeconds(10));
    final Semaphore crashSuspectPermit = new Semaphore(1);
    final AtomicInteger calls = new AtomicInteger();
    final Ask ask = ask("why?");
    final FakeClaim claim = new FakeClaim();
    final FakeLostMemory lost = new FakeLostMemory();
    int logFailures;
    int refusals;
    boolean answersAtOnce;
    CompletableFuture<?> commandResult = CompletableFuture.completedFuture(null);
    Supplier<CompletableFuture<?>> quarantineResult = () -> CompletableFuture.completedFuture(null);
    AbsentAgents absentAgents = AbsentAgents.NONE;

    /** Receives each event when it is published. */
    Consumer<TurnEvent> onEvent = event -> {};

    Executor executor = Runnable::run;
    StepRetrier.Pause pause = time -> {};
    Agent agent = (question, remembered, sink) -> Answer.ofText("because");

    LaneOutcome run() {
        return run(turn(ask, wire.write(ask)));
    }

    LaneOutcome run(Turn turn) {
        return engine().runner().run(turn.session(), turn);
    }

    TurnEngine engine() {
        AgentFactory factory = new AgentFactory() {
            @Override
            public AgentDescription description() {
                return new AgentDescription("test", "", List.of());
            }

            @Override
            public boolean answersAtOnce(Question question) {
                return answersAtOnce;
            }

            @Override
            public Agent create() {
                calls.incrementAndGet();
                return agent;
            }
        };
        return new TurnEngine(
                new TurnEngine.TurnServices(
                        memory,
                        edits,
                        new AgentCatalog(List.of(factory), Map.of(), name -> absentAgents.maxWait(name)),
                        (session, origin, event) -> {
                            if (refusals > 0) {
                                refusals--;
                                return CompletableFuture.failedFuture(
                                        new RecordRefusedException(new TimeoutException()));
                            }
                            events.add(event);
                            onEvent.accept(event);
                            return event.body().endsTurn() && logFailures-- > 0
                                    ? CompletableFuture.failedFuture(new TimeoutException())
                                    : CompletableFuture.completedFuture(null);
                        },
                        command -> {
                            commands.add(command);
                            edits.calls.add("published");
                            return commandResult;
                        },
                        copy -> {
                            quarantined.add(copy);
                            return quarantineResult.get();
                        },
                        reports::add,
                        lost,
                        wire),
                new TurnEngine.TurnRules(
                        new RetryPolicy(3, Duration.ofSeconds(1), Duration.ofSeconds(30)),
                        new AnswerLimits(262_144, 524_288, 16_384, Duration.ofMillis(15), Duration.ofSeconds(300)),
                        Duration.ofDays(7)),
                new TurnEngine.TurnRuntime(clock, delay, executor, pause, new Random(1), crashSuspectPermit),
                flights);
    }

    /** Returns the record of an accepted question. */
    Turn turn(Ask header, byte[] value) {
        memory.accept(header);
        claim.value = value;
        return new Turn(
                header.key(),
                header.requestId(),
                new Turn.Envelope(
                        Ask.TYPE,
                        WireFormat.SCHEMA_VERSION,
                        42L,
                        TurnPolicy.ENQUEUE,
                        Priority.NORMAL,
                        null,
                        null,
                        null,
                        TRACE),
                0,
                7,
                NOW,
                claim);
    }

    static Ask ask(String question) {
        return new Ask(
                new RequestId(UUID.randomUUID()),
                SESSION,
                null,
                "test",
                question,
                Map.of(),
                Duration.ofHours(1),
                NOW.minusMillis(20),
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
    }

    List<String> types() {
        return events.stream().map(event -> event.body().type()).toList();
    }

    List<String> deltas() {
        return events.stream()
                .map(TurnEvent::body)
                .filter(TurnEvent.Delta.class::isInstance)
                .map(body -> ((TurnEvent.Delta) body).text())
                .toList();
    }
}
