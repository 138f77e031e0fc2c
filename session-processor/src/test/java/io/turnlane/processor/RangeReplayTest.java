package io.turnlane.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.backends.TestBackends;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.DeleteSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.ToolOutcome;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.Usage;
import io.turnlane.model.topic.Topics;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.replay.ComparedTurn;
import io.turnlane.processor.replay.KafkaRangeReplay;
import io.turnlane.processor.replay.RangeRun;
import io.turnlane.processor.replay.ReplayOptions;
import io.turnlane.processor.replay.ReplayResults;
import io.turnlane.processor.replay.TurnSelection;
import io.turnlane.processor.system.ReplayApplication;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Replays of a range find the turns that a candidate answers differently, and change nothing. */
@Timeout(180)
class RangeReplayTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int SESSIONS = 100;
    private static final int TURNS = 10;

    /** The candidate answers one of this number of questions differently. */
    private static final int CHANGED_EVERY = 33;

    private static TurnLogFixture log;
    private static ConfigurableApplicationContext context;
    private static List<Ask> asked = new ArrayList<>();
    private static Instant began;

    /** The processor ends before the replays, because its heartbeats and commits would change the state. */
    @BeforeAll
    static void recordTurns() throws Exception {
        began = Instant.now().minusSeconds(60);
        log = new TurnLogFixture(3);
        try (ConfigurableApplicationContext _ =
                withAgents(ProcessorApplication.application()).run(arguments())) {
            List<Future<?>> published = new ArrayList<>();
            for (int turn = 0; turn < TURNS; turn++) {
                for (int session = 0; session < SESSIONS; session++) {
                    Ask ask = ask("question " + asked.size(), session);
                    asked.add(ask);
                    published.add(log.publishAsync(ask));
                }
                if (turn == 4) { // in the log before the turns that precede it have ended
                    published.add(log.publishAsync(
                            new DeleteSession(new RequestId(UUID.randomUUID()), session(7), null, Instant.now())));
                }
            }
            for (Future<?> one : published) {
                one.get();
            }
            log.awaitTerminals(asked.size(), SOON);
        }
        context = withAgents(ReplayApplication.application()).run(arguments());
    }

    @AfterAll
    static void close() {
        context.close();
        log.close();
    }

    @Test
    void findsEveryTurnThatTheCandidateAnswersDifferently() throws InterruptedException {
        Kept results = new Kept();
        RangeRun run = run(options("shop-v2", false, false), results);
        assertThat(run.progress().compared()).isEqualTo(asked.size());
        assertThat(run.progress().withoutEnd()).isZero();
        assertThat(run.progress().read()).isEqualTo(1);
        Set<RequestId> changed = asked.stream()
                .filter(ask -> numberOf(ask.question()) % CHANGED_EVERY == 0)
                .map(Ask::requestId)
                .collect(Collectors.toSet());
        assertThat(changed).hasSizeGreaterThan(25);
        assertThat(results.different()).isEqualTo(changed);
    }

    /** The answers contain the number of earlier turns and the last answer, so a wrong history would change them. */
    @Test
    void givesEachTurnTheMemoryWithWhichItRan() throws InterruptedException {
        Kept results = new Kept();
        run(options(null, false, false), results);
        assertThat(results.turns).hasSize(asked.size());
        assertThat(results.different()).isEmpty();
        List<ComparedTurn> deleted = results.turns.values().stream()
                .filter(turn -> turn.sessionId().equals(session(7)))
                .sorted(java.util.Comparator.comparingLong(ComparedTurn::offset))
                .toList();
        assertThat(deleted).extracting(ComparedTurn::history).containsExactly(0, 1, 2, 3, 4, 0, 1, 2, 3, 4);
        assertThat(deleted).extracting(ComparedTurn::missingTurns).containsOnly(0);
    }

    @Test
    void comparesToolsLatencyAndTokens() throws InterruptedException {
        Kept results = new Kept();
        run(options("shop-v2", false, false), results);
        assertThat(results.turns.values()).allSatisfy(turn -> {
            assertThat(turn.recorded().tools()).containsExactly("stock");
            assertThat(turn.replayed().tools()).containsExactly("stock", "price");
            assertThat(turn.differences().sameTools()).isFalse();
            assertThat(turn.recorded().latencyMs()).isNotNull();
            assertThat(turn.replayed().latencyMs()).isNotNull();
            assertThat(turn.differences().tokens()).isEqualTo(5);
        });
    }

    /** Each answer contains the previous one, so a change of an answer changes all later ones of its session. */
    @Test
    void chainsTheCandidatesOwnAnswersIfWanted() throws InterruptedException {
        Kept results = new Kept();
        run(options("shop-v2", false, true), results);
        ComparedTurn first = results.turns.get(asked.get(0).requestId());
        ComparedTurn second = results.turns.get(asked.get(SESSIONS).requestId());
        assertThat(first.replayed().answer().text()).isEqualTo("question 0 changed; 0 before; last none");
        assertThat(second.replayed().answer().text())
                .isEqualTo("question 100 answered; 1 before; last question 0 changed");
        assertThat(second.recorded().answer().text())
                .isEqualTo("question 100 answered; 1 before; last question 0 answered");
    }

    /** An agent whose answers vary has as many differences in its baseline. */
    @Test
    void recognizesTheNoiseOfAnAgentByItsBaseline() throws InterruptedException {
        Kept results = new Kept();
        run(options("shop-v2", true, false), results);
        assertThat(results.turns.values())
                .allMatch(turn -> turn.baselineDifferences().exact())
                .filteredOn(turn -> !turn.differences().exact())
                .isNotEmpty()
                .noneMatch(ComparedTurn::withinNoise);
    }

    @Test
    void continuesAfterAnInterruptionWithoutRepeatingATurn() throws InterruptedException {
        Kept results = new Kept();
        results.stopAfter = 400;
        KafkaRangeReplay replay = context.getBean(KafkaRangeReplay.class);
        RangeRun first = replay.prepare(options("shop-v2", false, true), results);
        results.run = first;
        assertThat(first.run()).as("complete").isFalse();
        int before = results.turns.size();
        assertThat(before).isBetween(400, asked.size() - 1);
        results.stopAfter = Integer.MAX_VALUE;
        RangeRun second = run(options("shop-v2", false, true), results);
        assertThat(second.progress().resumed()).isEqualTo(before);
        assertThat(second.progress().compared()).isEqualTo(asked.size() - before);
        assertThat(results.repeated).isEmpty();
        Kept whole = new Kept();
        run(options("shop-v2", false, true), whole);
        assertThat(results.answers()).isEqualTo(whole.answers());
    }

    @Test
    void selectsBySessionTimeAndSample() throws InterruptedException {
        Kept ofSession = new Kept();
        run(options(new TurnSelection(began, Instant.now(), "s-3", null, null, null, 1, false)), ofSession);
        assertThat(ofSession.turns.values())
                .hasSize(TURNS)
                .allMatch(turn -> turn.sessionId().equals(session(3)));
        Kept none = new Kept();
        run(options(new TurnSelection(began, began.plusSeconds(1), null, null, null, null, 1, false)), none);
        assertThat(none.turns).isEmpty();
        Kept other = new Kept();
        run(options(new TurnSelection(began, Instant.now(), null, null, "other", null, 1, false)), other);
        assertThat(other.turns).isEmpty();
        Kept sample = new Kept();
        run(options(new TurnSelection(began, Instant.now(), null, null, null, null, 0.2, true)), sample);
        Map<SessionId, Long> sizes = sample.turns.values().stream()
                .collect(Collectors.groupingBy(ComparedTurn::sessionId, Collectors.counting()));
        assertThat(sizes).hasSizeBetween(5, 40);
        assertThat(sizes.values()).as("whole sessions").containsOnly((long) TURNS);
    }

    @Test
    void rejectsAnUnknownCandidate() {
        KafkaRangeReplay replay = context.getBean(KafkaRangeReplay.class);
        assertThatThrownBy(() -> replay.prepare(options("absent", false, false), new Kept()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("absent");
    }

    @Test
    void changesNothing() throws Exception {
        Map<String, Object> before = state();
        run(options("shop-v2", true, true), new Kept());
        assertThat(state()).isEqualTo(before);
    }

    private static RangeRun run(ReplayOptions options, ReplayResults results) throws InterruptedException {
        RangeRun run = context.getBean(KafkaRangeReplay.class).prepare(options, results);
        assertThat(run.run()).as("complete").isTrue();
        return run;
    }

    private static ReplayOptions options(String candidate, boolean baseline, boolean chained) {
        TurnSelection all = new TurnSelection(began, Instant.now(), null, null, null, null, 1, chained);
        return new ReplayOptions(all, candidate, baseline, chained, Duration.ofHours(24), Double.POSITIVE_INFINITY, 16);
    }

    private static ReplayOptions options(TurnSelection selection) {
        return new ReplayOptions(selection, null, false, false, Duration.ofHours(24), Double.POSITIVE_INFINITY, 16);
    }

    /** Results in the heap. */
    private static final class Kept implements ReplayResults {

        private final Map<RequestId, ComparedTurn> turns = new ConcurrentHashMap<>();
        private final Set<RequestId> repeated = ConcurrentHashMap.newKeySet();
        private volatile int stopAfter = Integer.MAX_VALUE;
        private volatile RangeRun run;

        @Override
        public boolean contains(RequestId request) {
            return turns.containsKey(request);
        }

        @Override
        public Optional<ComparedTurn> find(RequestId request) {
            return Optional.ofNullable(turns.get(request));
        }

        @Override
        public void add(ComparedTurn turn) {
            if (turns.put(turn.requestId(), turn) != null) {
                repeated.add(turn.requestId());
            }
            if (turns.size() >= stopAfter) {
                run.stop();
            }
        }

        Set<RequestId> different() {
            Set<RequestId> ids = new HashSet<>();
            turns.values().stream()
                    .filter(turn -> !turn.differences().exact())
                    .forEach(turn -> ids.add(turn.requestId()));
            return ids;
        }

        Map<RequestId, String> answers() {
            Map<RequestId, String> answers = new HashMap<>();
            turns.forEach((id, turn) -> answers.put(id, turn.replayed().answer().text()));
            return answers;
        }
    }

    /** Returns the end offsets of all topics and the consumer groups with their committed offsets. */
    private static Map<String, Object> state() throws Exception {
        Map<String, Object> state = new TreeMap<>();
        try (Admin admin = Admin.create(TestBackends.shared().kafka())) {
            Topics names = new Topics(log.prefix());
            Map<TopicPartition, OffsetSpec> all = new HashMap<>();
            admin.describeTopics(
                            List.of(names.turns(), names.events(), names.control(), names.quarantine(), names.shadow()))
                    .allTopicNames()
                    .get()
                    .forEach((name, topic) -> topic.partitions()
                            .forEach(one -> all.put(new TopicPartition(name, one.partition()), OffsetSpec.latest())));
            admin.listOffsets(all).all().get().forEach((at, end) -> state.put("end " + at, end.offset()));
            state.put(
                    "committed",
                    admin.listConsumerGroupOffsets(group())
                            .partitionsToOffsetAndMetadata()
                            .get());
            state.put(
                    "groups",
                    admin.listGroups().all().get().stream()
                            .map(group -> group.groupId())
                            .filter(name -> name.contains(log.prefix()))
                            .collect(Collectors.toSet()));
        }
        return state;
    }

    /** Adds {@code shop} and {@code shop-v2}, which answers every thirty-third question differently. */
    private static SpringApplicationBuilder withAgents(SpringApplicationBuilder application) {
        return application.initializers(context -> {
            GenericApplicationContext beans = (GenericApplicationContext) context;
            beans.registerBean("shop", AgentFactory.class, () -> shop("shop", false));
            beans.registerBean("shop-v2", AgentFactory.class, () -> shop("shop-v2", true));
        });
    }

    private static AgentFactory shop(String name, boolean changed) {
        return new AgentFactory() {
            @Override
            public AgentDescription description() {
                return new AgentDescription(name, "", List.of());
            }

            @Override
            public Agent create() {
                return (question, memory, sink) -> {
                    sink.toolCall("stock", Duration.ofMillis(1), ToolOutcome.COMPLETED);
                    if (changed) {
                        sink.toolCall("price", Duration.ofMillis(1), ToolOutcome.COMPLETED);
                    }
                    boolean differs = changed && numberOf(question.text()) % CHANGED_EVERY == 0;
                    List<PastTurn> turns = memory.turns();
                    String last =
                            turns.isEmpty() ? "none" : turns.getLast().answer().replaceAll(";.*", "");
                    return new Answer(
                            question.text() + (differs ? " changed" : " answered") + "; " + turns.size()
                                    + " before; last " + last,
                            null,
                            List.of(),
                            List.of(),
                            new Usage(1, 10, changed ? 10 : 5));
                };
            }
        };
    }

    private static int numberOf(String question) {
        return Integer.parseInt(question.substring("question ".length()));
    }

    private static SessionId session(int number) {
        return new SessionId("s-" + number);
    }

    private static Ask ask(String question, int session) {
        return new Ask(
                new RequestId(UUID.randomUUID()),
                session(session),
                null,
                "shop",
                question,
                Map.of(),
                Duration.ofHours(1),
                Instant.now(),
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
    }

    private static String group() {
        return "g-" + log.prefix();
    }

    private static String[] arguments() {
        Map<String, String> settings = TestBackends.shared().springProperties();
        settings.put("turnlane.processor.intake.group", group());
        settings.put("turnlane.processor.retrieval.enabled", "false");
        settings.put("turnlane.topics.prefix", log.prefix());
        settings.put("turnlane.topics.partitions", Integer.toString(log.partitions()));
        return settings.entrySet().stream()
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new);
    }
}
