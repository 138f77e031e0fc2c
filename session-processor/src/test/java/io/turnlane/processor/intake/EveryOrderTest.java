package io.turnlane.processor.intake;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.Choices;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.lane.ManualDelay;
import io.turnlane.processor.lane.SteppedExecutor;
import io.turnlane.processor.memory.FakeSessionMemory;
import io.turnlane.processor.turn.AnswerLimits;
import io.turnlane.processor.turn.FakeLostMemory;
import io.turnlane.processor.turn.Flights;
import io.turnlane.processor.turn.PutAside;
import io.turnlane.processor.turn.RetryPolicy;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.TurnKit;
import io.turnlane.processor.turn.TurnRunner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * The engine's own classes, from the delivered record to the completed offset, through every order of deliveries,
 * threads, answers, failures, retries, revocations and losses that a small log can see. Proved for these sizes, not
 * sampled.
 */
class EveryOrderTest {

    private static final int MOST_ACTIONS = 8;
    private static final int MOST_DEPARTURES = 2;
    private static final int MOST_FAILURES = 1;
    private static final Instant NOW = Instant.parse("2026-11-21T06:00:00Z");
    private static final WireFormat WIRE = new WireFormat();

    /** Tens of thousands of agents fail here, and each would say so. */
    @BeforeAll
    static void beQuiet() {
        ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(TurnRunner.class.getPackageName()))
                .setLevel(Level.ERROR);
    }

    @AfterAll
    static void beHeardAgain() {
        ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(TurnRunner.class.getPackageName())).setLevel(null);
    }

    @Test
    void keepsEveryPromiseInEveryOrder() {
        long runs = Choices.explore(choices -> new World(choices).live());
        System.out.println("EveryOrderTest explored " + runs + " orders");
        assertThat(runs).isGreaterThan(10_000);
    }

    /** One log of two sessions, one processor, and whatever the choices make of them. */
    private static final class World {

        private final Choices choices;
        private final List<Ask> log = List.of(ask("a"), ask("a"), ask("b"));
        private final FakeSessionMemory memory = new FakeSessionMemory();
        private final SteppedExecutor threads = new SteppedExecutor();
        private final ManualDelay delay = new ManualDelay();
        private final Flights flights = new Flights(delay, Duration.ofSeconds(10));
        private final Budget budget = new Budget(100, 1_000_000, 100);
        private final List<RequestId> ended = new ArrayList<>();
        private final Set<SessionId> working = new HashSet<>();
        private final LaneScheduler<SessionKey, Turn> lanes;
        private final LaneReception reception;
        private Assignment assignment;
        private long committed;
        private int next;
        private long fence;
        private int departures;
        private int failures;
        private boolean settling;

        World(Choices choices) {
            this.choices = choices;
            TurnKit kit = kit();
            lanes = new LaneScheduler<>(10, threads, delay, Turn::identity, new TurnRunner(kit, flights), (turn, e) -> {
                throw new AssertionError(e);
            });
            reception = new LaneReception(
                    lanes,
                    flights,
                    memory,
                    kit.ports().events(),
                    new PutAside(kit.ports().quarantine(), time -> {}),
                    Runnable::run,
                    InstantSource.fixed(NOW),
                    Duration.ofMillis(1));
        }

        void live() {
            for (int i = 0; i < MOST_ACTIONS; i++) {
                act();
            }
            settle();
            assertThat(ended.stream().distinct().toList())
                    .as("every turn ended")
                    .containsExactlyInAnyOrderElementsOf(
                            log.stream().map(Ask::requestId).toList());
            assertThat(ended.indexOf(log.get(0).requestId()))
                    .as("in the order of its session")
                    .isLessThan(ended.indexOf(log.get(1).requestId()));
            assertThat(memory.history(log.get(0).key()))
                    .as("each once in memory")
                    .hasSize(2);
            assertThat(memory.history(log.get(2).key())).hasSize(1);
            assertThat(lanes.figures()).as("nothing is left").isEqualTo(new LaneScheduler.Figures(0, 0, 0));
            assertThat(budget.open()).isZero();
            assertThat(assignment.ledger().frontier()).isEqualTo(log.size());
        }

        private void act() {
            if (settling) {
                return;
            }
            List<Runnable> possible = new ArrayList<>();
            if (assignment == null) {
                possible.add(this::adopt);
            } else {
                if (next < log.size()) {
                    possible.add(this::deliver);
                }
                if (departures < MOST_DEPARTURES) {
                    possible.add(() -> leave(true));
                    possible.add(() -> leave(false));
                }
            }
            if (threads.waiting() > 0) {
                possible.add(threads::step);
            }
            if (threads.waiting() > 1) {
                possible.add(threads::stepLast);
            }
            if (working.isEmpty() && threads.waiting() == 0 && lanes.figures().items() > 0) {
                possible.add(() -> delay.pass(Duration.ofSeconds(1)));
            }
            if (!possible.isEmpty()) {
                possible.get(choices.among(possible.size())).run();
            }
        }

        private void adopt() {
            fence++;
            assignment = new Assignment(
                    new TopicPartition("turns", 0), committed, new RecordReader(() -> new MockConsumer<>("none"), 1));
            assignment.fenced(fence);
            next = Math.toIntExact(committed);
        }

        private void deliver() {
            Ask ask = log.get(next);
            assignment.ledger().delivered(next, NOW);
            ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                    "turns", 0, next, ask.key().toString().getBytes(StandardCharsets.UTF_8), WIRE.write(ask));
            Delivery delivery = new Delivery(record, assignment, budget);
            Turn.Envelope envelope = new Turn.Envelope(Ask.TYPE, WireFormat.SCHEMA_VERSION, 0L);
            reception.arrived(new Turn(ask.key(), ask.requestId(), envelope, 0, next, NOW, delivery));
            next++;
            assignment.ledger().advancedTo(next);
        }

        /** @param patient revoked, and so committed; else lost */
        private void leave(boolean patient) {
            departures++;
            Assignment gone = assignment;
            assignment = null;
            gone.end();
            reception.leaving(claim -> claim.lease() == gone, patient);
            if (patient) {
                commit(gone);
            }
        }

        private void commit(Assignment of) {
            long frontier = of.ledger().frontier();
            assertThat(frontier).as("the frontier never goes back").isGreaterThanOrEqualTo(committed);
            for (Ask before : log.subList(0, Math.toIntExact(frontier))) {
                assertThat(ended).as("committed only what has ended").contains(before.requestId());
            }
            committed = frontier;
        }

        private void settle() {
            settling = true;
            if (assignment == null) {
                adopt();
            }
            while (next < log.size()) {
                deliver();
            }
            for (int i = 0; i < 100 && lanes.figures().items() > 0; i++) {
                threads.runAll();
                delay.pass(Duration.ofSeconds(60));
            }
            commit(assignment);
        }

        /** Anything may happen while an agent works; what happens to its own lane must wait for it. */
        private Answer answer(SessionId session, String text) throws Exception {
            assertThat(working.add(session))
                    .as("one agent of a session at a time (O1)")
                    .isTrue();
            try {
                act();
                act();
                if (failures < MOST_FAILURES && choices.among(2) == 1) {
                    failures++;
                    throw new IllegalStateException("fails");
                }
                if (Thread.currentThread().isInterrupted() && choices.among(2) == 1) {
                    throw new InterruptedException();
                }
                return Answer.ofText(text);
            } finally {
                working.remove(session);
            }
        }

        private TurnKit kit() {
            AgentFactory factory = new AgentFactory() {
                @Override
                public AgentDescription description() {
                    return new AgentDescription("test", "", List.of());
                }

                @Override
                public Agent create() {
                    return (question, remembered, sink) -> answer(new SessionId(question.text()), question.text());
                }
            };
            return new TurnKit(
                    new TurnKit.Ports(
                            memory,
                            new AgentCatalog(List.of(factory)),
                            (session, origin, event) -> {
                                note(event);
                                return CompletableFuture.completedFuture(null);
                            },
                            copy -> CompletableFuture.completedFuture(null),
                            report -> {},
                            new FakeLostMemory(),
                            WIRE),
                    new TurnKit.Rules(
                            new RetryPolicy(10, Duration.ofSeconds(1), Duration.ofSeconds(30)),
                            new AnswerLimits(1_000, 1_000, 1_000, Duration.ofMillis(15), Duration.ofSeconds(900)),
                            Duration.ofDays(7)),
                    new TurnKit.Surroundings(
                            InstantSource.fixed(NOW),
                            delay,
                            Runnable::run,
                            time -> {},
                            new Random(1),
                            new Semaphore(1)));
        }

        private void note(TurnEvent event) {
            if (event.body().terminal()) {
                ended.add(event.requestId());
            }
        }

        /** The session's name is the question, so that the agent knows whom it serves. */
        private static Ask ask(String session) {
            return new Ask(
                    new RequestId(UUID.randomUUID()),
                    new SessionId(session),
                    null,
                    "test",
                    session,
                    Map.of(),
                    Duration.ofHours(1),
                    NOW);
        }
    }
}
