package io.turnlane.processor.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.Choices;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentCatalog;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.lane.LaneCounts;
import io.turnlane.processor.lane.LaneScheduler;
import io.turnlane.processor.lane.ManualDelay;
import io.turnlane.processor.lane.SteppedExecutor;
import io.turnlane.processor.turn.AgentTimes;
import io.turnlane.processor.turn.AnswerLimits;
import io.turnlane.processor.turn.FakeLostMemory;
import io.turnlane.processor.turn.Flights;
import io.turnlane.processor.turn.Handover;
import io.turnlane.processor.turn.RetryPolicy;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.TurnEngine;
import io.turnlane.processor.turn.WaitingTurns;
import io.turnlane.store.memory.FakeSessionEdits;
import io.turnlane.store.memory.FakeSessionMemory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;

/** Simulation of a small log and one or two processors. The choices decide everything that happens to them. */
final class EveryOrderWorld {

    private static final int MAX_ACTIONS = 8;
    private static final Duration HANDOVER = Duration.ofSeconds(1);
    private static final int MAX_DEPARTURES = 2;
    private static final int MAX_FAILURES = 1;
    private static final Instant NOW = Instant.parse("2026-11-21T06:00:00Z");
    private static final WireFormat WIRE = new WireFormat();

    /** Parts of one processor. */
    private record ProcessorUnderTest(
            LaneScheduler<SessionKey, Turn> lanes, WaitingTurns waiting, TurnRecordHandler handler) {}

    /** Agent call that runs, with the assignment under which it began. */
    private record AgentWork(Assignment under) {}

    private final Choices choices;
    private final List<Ask> log;
    private final SteppedExecutor threads = new SteppedExecutor();
    private final ManualDelay delay = new ManualDelay();
    private final FakeSessionMemory memory = new FakeSessionMemory(() -> NOW.plus(delay.passed()));
    private final Budget budget = new Budget(100, 1_000_000, 100);
    private final List<RequestId> ended = new ArrayList<>();
    private final Map<RequestId, Set<String>> ends = new HashMap<>();
    private final Set<RequestId> unwanted = new HashSet<>();
    private final Map<SessionId, AgentWork> working = new HashMap<>();
    private final int maxInAgent;
    private final int maxInTotal;
    private final List<ProcessorUnderTest> processors;
    private ProcessorUnderTest owner;
    private Assignment assignment;
    private long committed;
    private int next;
    private long fence;
    private int departures;
    private int failures;
    private int calls;
    private int actions;
    private boolean mayRunAgain;
    private boolean overlapped;
    private boolean settling;
    private int cancels;

    /**
     * Creates a simulation.
     *
     * @param sessions session of each question on the log
     * @param processors number of processors
     * @param maxInAgent maximum number of actions during one agent call; four are enough for the partition to leave, be
     *     assigned again, deliver the turn again and begin it
     * @param maxInTotal maximum number of actions in total
     */
    EveryOrderWorld(Choices choices, List<String> sessions, int processors, int maxInAgent, int maxInTotal) {
        this.choices = choices;
        this.log = sessions.stream().map(EveryOrderWorld::ask).toList();
        this.maxInAgent = maxInAgent;
        this.maxInTotal = maxInTotal;
        this.processors = Stream.generate(this::processor).limit(processors).toList();
        this.owner = this.processors.getFirst();
        this.log.forEach(memory::accept);
    }

    private ProcessorUnderTest processor() {
        Flights flights = new Flights(delay, Duration.ofSeconds(10));
        TurnEngine engine = engine(flights);
        LaneScheduler<SessionKey, Turn> lanes =
                new LaneScheduler<>(10, threads, delay, Turn::identity, engine.runner(), (turn, e) -> {
                    throw new AssertionError(e);
                });
        WaitingTurns waiting = engine.waitingTurns(lanes, new AgentTimes(InstantSource.fixed(NOW)));
        return new ProcessorUnderTest(
                lanes,
                waiting,
                new TurnRecordHandler(
                        lanes,
                        new Handover(flights, memory, Runnable::run, HANDOVER, Duration.ofMillis(1)),
                        memory,
                        waiting,
                        engine.recordQuarantine(),
                        SkippedRecords::complete,
                        Runnable::run,
                        InstantSource.fixed(NOW)));
    }

    /** Allows one cancel by a client. */
    EveryOrderWorld cancelling() {
        cancels = 1;
        return this;
    }

    void run() {
        for (int i = 0; i < MAX_ACTIONS; i++) {
            act();
        }
        settle();
        assertThat(overlapped)
                .as("agents of one session overlap and both may write (O1)")
                .isFalse();
        assertThat(ended.stream().distinct().toList())
                .as("every turn has ended")
                .containsExactlyInAnyOrderElementsOf(
                        log.stream().map(Ask::requestId).toList());
        assertThat(ends.values())
                .as("each turn ended in one way only")
                .allSatisfy(ways -> assertThat(ways).hasSize(1));
        assertThat(unwanted)
                .as("a cancel that was accepted ended the turn")
                .allSatisfy(request -> assertThat(ends.get(request)).containsExactly("cancelled"));
        if (unwanted.isEmpty()) {
            assertThat(ended.indexOf(log.get(0).requestId()))
                    .as("turns ended in the order of their session")
                    .isLessThan(ended.indexOf(log.get(1).requestId()));
        }
        Map<SessionKey, Long> turns = log.stream()
                .filter(ask -> !unwanted.contains(ask.requestId()))
                .collect(Collectors.groupingBy(Ask::key, Collectors.counting()));
        assertThat(turns)
                .as("memory holds each answered turn once")
                .allSatisfy((session, count) -> assertThat(
                                memory.history(session).stream().filter(turn -> turn.answer() != null))
                        .hasSize(Math.toIntExact(count)));
        if (!mayRunAgain && unwanted.isEmpty()) {
            assertThat(calls).as("the agent was called once for each turn").isEqualTo(log.size());
        }
        assertThat(processors)
                .as("no lane is left")
                .allMatch(each -> each.lanes().counts().equals(new LaneCounts(0, 0, 0)));
        assertThat(budget.openTurns()).isZero();
        assertThat(assignment.ledger().frontier()).isEqualTo(log.size());
    }

    private void act() {
        if (settling || actions == maxInTotal) {
            return;
        }
        actions++;
        List<Runnable> possible = new ArrayList<>();
        if (assignment == null) {
            possible.add(this::adopt);
        } else {
            if (next < log.size()) {
                possible.add(this::deliver);
            }
            if (departures < MAX_DEPARTURES) {
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
        if (working.isEmpty() && threads.waiting() == 0 && items() > 0) {
            possible.add(() -> delay.pass(Duration.ofSeconds(1)));
        }
        if (working.values().stream().anyMatch(work -> !work.under().held())) {
            possible.add(this::endHandover);
        }
        if (cancels > 0) {
            for (int which : List.of(0, 1)) {
                possible.add(() -> cancel(which, true));
                possible.add(() -> cancel(which, false));
            }
        }
        if (!possible.isEmpty()) {
            possible.get(choices.choose(possible.size())).run();
        }
    }

    /**
     * Cancels a turn of the first session.
     *
     * @param which index of the turn
     * @param wakeUp true if the processors receive the wake-up
     */
    private void cancel(int which, boolean wakeUp) {
        cancels--;
        Ask ask = log.get(which);
        if (memory.requestCancel(ask.requestId())) {
            unwanted.add(ask.requestId());
        }
        if (wakeUp) {
            processors.forEach(each -> each.waiting().cancel(ask.key(), ask.requestId()));
        }
    }

    private int items() {
        return processors.stream()
                .mapToInt(each -> each.lanes().counts().items())
                .sum();
    }

    /** Ends the handover of agents whose partition left: the other processor no longer waits for them. */
    private void endHandover() {
        mayRunAgain = true;
        removeFromOverlapCheck(work -> !work.under().held());
        delay.pass(HANDOVER);
    }

    /**
     * Removes agent calls that may no longer write from the check of O1. With a single processor nothing is removed,
     * because its own lane waits for the agent in any case.
     */
    private void removeFromOverlapCheck(Predicate<AgentWork> which) {
        if (processors.size() > 1) {
            working.values().removeIf(which);
        }
    }

    private void adopt() {
        owner = processors.size() == 1 ? owner : processors.get(choices.choose(processors.size()));
        fence++;
        assignment = new Assignment(
                new TopicPartition("turns", 0), committed, new RecordReader(() -> new MockConsumer<>("none"), 1));
        assignment.setFence(fence);
        next = Math.toIntExact(committed);
    }

    private void deliver() {
        Ask ask = log.get(next);
        assignment.ledger().delivered(next, NOW);
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                "turns", 0, next, ask.key().toString().getBytes(StandardCharsets.UTF_8), WIRE.write(ask));
        Delivery delivery = new Delivery(record, assignment, budget);
        Turn.Envelope envelope = new Turn.Envelope(Ask.TYPE, WireFormat.SCHEMA_VERSION, 0L);
        owner.handler().onTurn(new Turn(ask.key(), ask.requestId(), envelope, 0, next, NOW, delivery));
        next++;
        assignment.ledger().advancedTo(next);
    }

    /** @param orderly true if the partition is revoked, so that offsets are committed; false if it is lost */
    private void leave(boolean orderly) {
        departures++;
        Assignment gone = assignment;
        assignment = null;
        gone.end();
        owner.handler().onPartitionsLeaving(claim -> claim.assignmentKey() == gone, orderly);
        if (orderly) {
            commit(gone);
        } else {
            mayRunAgain = true;
            removeFromOverlapCheck(work -> work.under() == gone);
        }
    }

    private void commit(Assignment of) {
        long frontier = of.ledger().frontier();
        assertThat(frontier).as("the frontier never moves back").isGreaterThanOrEqualTo(committed);
        for (Ask before : log.subList(0, Math.toIntExact(frontier))) {
            assertThat(ended).as("only turns that have ended are committed").contains(before.requestId());
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
        for (int i = 0; i < 100 && items() > 0; i++) {
            threads.runAll();
            delay.pass(Duration.ofSeconds(60));
        }
        commit(assignment);
    }

    /** Lets anything happen while an agent works. Work on its own lane must wait for it. */
    private Answer answer(SessionId session, String text) throws Exception {
        AgentWork work = new AgentWork(assignment);
        overlapped |= working.putIfAbsent(session, work)
                != null; // an assertion error thrown here would count as a failure of the agent
        calls++;
        try {
            for (int i = 0; i < maxInAgent; i++) {
                act();
            }
            if (failures < MAX_FAILURES && choices.choose(2) == 1) {
                failures++;
                mayRunAgain = true;
                throw new IllegalStateException("fails");
            }
            if (Thread.currentThread().isInterrupted() && choices.choose(2) == 1) {
                throw new InterruptedException();
            }
            return Answer.ofText(text);
        } finally {
            working.remove(session, work);
        }
    }

    private TurnEngine engine(Flights flights) {
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
        return new TurnEngine(
                new TurnEngine.TurnServices(
                        memory,
                        new FakeSessionEdits(),
                        new AgentCatalog(List.of(factory)),
                        (session, origin, event) -> {
                            note(event);
                            return CompletableFuture.completedFuture(null);
                        },
                        command -> CompletableFuture.completedFuture(null),
                        copy -> CompletableFuture.completedFuture(null),
                        report -> {},
                        new FakeLostMemory(),
                        WIRE),
                new TurnEngine.TurnRules(
                        new RetryPolicy(10, Duration.ofSeconds(1), Duration.ofSeconds(30)),
                        new AnswerLimits(1_000, 1_000, 1_000, Duration.ofMillis(15), Duration.ofSeconds(900)),
                        Duration.ofDays(7)),
                new TurnEngine.TurnRuntime(
                        InstantSource.fixed(NOW), delay, Runnable::run, time -> {}, new Random(1), new Semaphore(1)),
                flights);
    }

    private void note(TurnEvent event) {
        if (event.body().endsTurn()) {
            ended.add(event.requestId());
            ends.computeIfAbsent(event.requestId(), any -> new HashSet<>())
                    .add(event.body().type());
        }
    }

    /** Uses the session id as the question, so that the agent knows its session. */
    private static Ask ask(String session) {
        return new Ask(
                new RequestId(UUID.randomUUID()),
                new SessionId(session),
                null,
                "test",
                session,
                Map.of(),
                Duration.ofHours(1),
                NOW,
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
    }
}
