package io.turnlane.processor.intake;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.turnlane.processor.memory.FakeSessionEdits;
import io.turnlane.processor.memory.FakeSessionMemory;
import io.turnlane.processor.turn.AgentTimes;
import io.turnlane.processor.turn.AnswerLimits;
import io.turnlane.processor.turn.FakeLostMemory;
import io.turnlane.processor.turn.Flights;
import io.turnlane.processor.turn.Handover;
import io.turnlane.processor.turn.RecordQuarantine;
import io.turnlane.processor.turn.RetryPolicy;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.TurnKit;
import io.turnlane.processor.turn.TurnRunner;
import io.turnlane.processor.turn.WaitingTurns;
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

/** One log of two sessions, one or two processors, and whatever the choices make of them. */
final class EveryOrderWorld {

    private static final int MOST_ACTIONS = 8;
    private static final Duration HANDOVER = Duration.ofSeconds(1);
    private static final int MOST_DEPARTURES = 2;
    private static final int MOST_FAILURES = 1;
    private static final Instant NOW = Instant.parse("2026-11-21T06:00:00Z");
    private static final WireFormat WIRE = new WireFormat();

    /** A processor's share of the engine. */
    private record ProcessorUnderTest(
            LaneScheduler<SessionKey, Turn> lanes, WaitingTurns waiting, TurnRecordHandler reception) {}

    /** An agent's call, and the assignment under which it began. */
    private record AgentWork(Assignment under) {}

    private final Choices choices;
    private final List<Ask> log;
    private final FakeSessionMemory memory = new FakeSessionMemory();
    private final SteppedExecutor threads = new SteppedExecutor();
    private final ManualDelay delay = new ManualDelay();
    private final Budget budget = new Budget(100, 1_000_000, 100);
    private final List<RequestId> ended = new ArrayList<>();
    private final Map<RequestId, Set<String>> ends = new HashMap<>();
    private final Set<RequestId> unwanted = new HashSet<>();
    private final Map<SessionId, AgentWork> working = new HashMap<>();
    private final int mostInAgent;
    private final int mostInAll;
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
     * @param sessions of the questions on the log
     * @param mostInAgent actions while an agent works; four are: leave, come to another, be delivered, begin
     * @param mostInAll these and the others
     */
    EveryOrderWorld(Choices choices, List<String> sessions, int processors, int mostInAgent, int mostInAll) {
        this.choices = choices;
        this.log = sessions.stream().map(EveryOrderWorld::ask).toList();
        this.mostInAgent = mostInAgent;
        this.mostInAll = mostInAll;
        this.processors = Stream.generate(this::processor).limit(processors).toList();
        this.owner = this.processors.getFirst();
        memory.clock(() -> delay.passed().toMillis());
    }

    private ProcessorUnderTest processor() {
        TurnKit kit = kit();
        Flights flights = new Flights(delay, Duration.ofSeconds(10));
        LaneScheduler<SessionKey, Turn> lanes =
                new LaneScheduler<>(10, threads, delay, Turn::identity, new TurnRunner(kit, flights), (turn, e) -> {
                    throw new AssertionError(e);
                });
        WaitingTurns waiting = new WaitingTurns(kit, flights, lanes, new AgentTimes(InstantSource.fixed(NOW)));
        return new ProcessorUnderTest(
                lanes,
                waiting,
                new TurnRecordHandler(
                        lanes,
                        new Handover(flights, memory, Runnable::run, HANDOVER, Duration.ofMillis(1)),
                        memory,
                        waiting,
                        new RecordQuarantine(kit.services().quarantine(), time -> {}),
                        Runnable::run,
                        InstantSource.fixed(NOW)));
    }

    /** A client may change its mind once. */
    EveryOrderWorld cancelling() {
        cancels = 1;
        return this;
    }

    void live() {
        for (int i = 0; i < MOST_ACTIONS; i++) {
            act();
        }
        settle();
        assertThat(overlapped)
                .as("two agents of a session at a time that may write (O1)")
                .isFalse();
        assertThat(ended.stream().distinct().toList())
                .as("every turn ended")
                .containsExactlyInAnyOrderElementsOf(
                        log.stream().map(Ask::requestId).toList());
        assertThat(ends.values())
                .as("in one way")
                .allSatisfy(ways -> assertThat(ways).hasSize(1));
        assertThat(unwanted)
                .as("as a client was promised")
                .allSatisfy(request -> assertThat(ends.get(request)).containsExactly("cancelled"));
        if (unwanted.isEmpty()) {
            assertThat(ended.indexOf(log.get(0).requestId()))
                    .as("in the order of its session")
                    .isLessThan(ended.indexOf(log.get(1).requestId()));
        }
        Map<SessionKey, Long> turns = log.stream()
                .filter(ask -> !unwanted.contains(ask.requestId()))
                .collect(Collectors.groupingBy(Ask::key, Collectors.counting()));
        assertThat(turns)
                .as("each once in memory")
                .allSatisfy((session, count) -> assertThat(
                                memory.history(session).stream().filter(turn -> turn.answer() != null))
                        .hasSize(Math.toIntExact(count)));
        if (!mayRunAgain && unwanted.isEmpty()) {
            assertThat(calls).as("each agent was called once").isEqualTo(log.size());
        }
        assertThat(processors)
                .as("nothing is left")
                .allMatch(each -> each.lanes().counts().equals(new LaneScheduler.LaneCounts(0, 0, 0)));
        assertThat(budget.openTurns()).isZero();
        assertThat(assignment.ledger().frontier()).isEqualTo(log.size());
    }

    private void act() {
        if (settling || actions == mostInAll) {
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

    /** One of the first session's two turns; true where processors hear of it. */
    private void cancel(int which, boolean heard) {
        cancels--;
        Ask ask = log.get(which);
        if (memory.requestCancel(ask.requestId())) {
            unwanted.add(ask.requestId());
        }
        if (heard) {
            processors.forEach(each -> each.waiting().cancel(ask.key(), ask.requestId()));
        }
    }

    private int items() {
        return processors.stream()
                .mapToInt(each -> each.lanes().counts().items())
                .sum();
    }

    /** Agents whose partition left have had their time: another processor's no longer wait for them. */
    private void endHandover() {
        mayRunAgain = true;
        outlawed(work -> !work.under().held());
        delay.pass(HANDOVER);
    }

    /** One processor's own lane waits for an agent in any case. */
    private void outlawed(Predicate<AgentWork> which) {
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
        owner.reception().onTurn(new Turn(ask.key(), ask.requestId(), envelope, 0, next, NOW, delivery));
        next++;
        assignment.ledger().advancedTo(next);
    }

    /** @param patient revoked, and so committed; else lost */
    private void leave(boolean patient) {
        departures++;
        Assignment gone = assignment;
        assignment = null;
        gone.end();
        owner.reception().onPartitionsLeaving(claim -> claim.assignmentKey() == gone, patient);
        if (patient) {
            commit(gone);
        } else {
            mayRunAgain = true;
            outlawed(work -> work.under() == gone);
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
        for (int i = 0; i < 100 && items() > 0; i++) {
            threads.runAll();
            delay.pass(Duration.ofSeconds(60));
        }
        commit(assignment);
    }

    /** Anything may happen while an agent works; what happens to its own lane must wait for it. */
    private Answer answer(SessionId session, String text) throws Exception {
        AgentWork work = new AgentWork(assignment);
        overlapped |= working.putIfAbsent(session, work) != null; // thrown here it would be the agent's failure
        calls++;
        try {
            for (int i = 0; i < mostInAgent; i++) {
                act();
            }
            if (failures < MOST_FAILURES && choices.choose(2) == 1) {
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
                new TurnKit.TurnServices(
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
                new TurnKit.TurnRules(
                        new RetryPolicy(10, Duration.ofSeconds(1), Duration.ofSeconds(30)),
                        new AnswerLimits(1_000, 1_000, 1_000, Duration.ofMillis(15), Duration.ofSeconds(900)),
                        Duration.ofDays(7)),
                new TurnKit.TurnRuntime(
                        InstantSource.fixed(NOW), delay, Runnable::run, time -> {}, new Random(1), new Semaphore(1)));
    }

    private void note(TurnEvent event) {
        if (event.body().endsTurn()) {
            ended.add(event.requestId());
            ends.computeIfAbsent(event.requestId(), any -> new HashSet<>())
                    .add(event.body().type());
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
