package io.turnlane.processor;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.turnlane.backends.TestBackends;
import io.turnlane.model.AgentDescription;
import io.turnlane.model.Answer;
import io.turnlane.model.PastTurn;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.ToolStep;
import io.turnlane.model.ToolStep.ToolUse;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.topic.Topics;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.replay.TurnReplay;
import io.turnlane.processor.replay.TurnReplay.Replayed;
import io.turnlane.processor.system.ReplayApplication;
import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

/** Replays run a recorded turn again, with the memory that its session had then, and change nothing. */
@Timeout(120)
class ReplayTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static final SessionId session = SessionId.random();

    private static TurnLogFixture log;
    private static List<Ask> asked;
    /** Turns of a user. Keys with and without a user are in other partitions. */
    private static List<Ask> ofUser;

    /** The processor ends before the replays, because its heartbeats and commits would change the state. */
    @BeforeAll
    static void recordTurns() {
        log = new TurnLogFixture(3);
        try (ConfigurableApplicationContext _ =
                withAgent(ProcessorApplication.application(), "it was").run(arguments())) {
            asked = Stream.of("one", "two", "three")
                    .map(question -> log.publish(ask(question)))
                    .toList();
            ofUser = Stream.of("a", "b")
                    .map(name -> log.publish(ask("one", "alice", new SessionId("of-user-" + name))))
                    .toList();
            log.awaitTerminals(5, SOON);
        }
    }

    @AfterAll
    static void close() {
        log.close();
    }

    @Test
    void reportsAnEqualAnswerOfTheSameAgent() {
        Replayed replayed = replay("it was", asked.get(1).requestId(), SessionKey.of(null, session));
        assertThat(replayed.isSame()).isTrue();
        assertThat(replayed.recorded().outcome().answer().text()).isEqualTo("two: it was [one] 1 1");
    }

    @Test
    void showsTheAnswerOfAnotherAgentWithTheRecordedMemory() {
        Replayed replayed = replay("it is", asked.get(1).requestId(), null);
        assertThat(replayed.isSame()).isFalse();
        assertThat(replayed.recorded().outcome().answer().text()).isEqualTo("two: it was [one] 1 1");
        assertThat(replayed.replayed().answer().text()).isEqualTo("two: it is [one] 1 1");
        assertThat(replayed.recorded().missingTurns()).isZero();
    }

    @Test
    void distinguishesAFailureFromAnAnswer() {
        Replayed replayed = replay(null, asked.get(0).requestId(), null);
        assertThat(replayed.isSame()).isFalse();
        assertThat(replayed.replayed().error().code()).isEqualTo("agent_error");
    }

    /** An operator who names a session may not know its user, and the user is part of the session's key. */
    @Test
    void findsATurnOfAUserByItsSessionAlone() {
        try (ConfigurableApplicationContext context = replays("it was")) {
            TurnReplay replay = context.getBean(TurnReplay.class);
            assertThat(ofUser).allSatisfy(turn -> {
                assertThat(replay.replay(turn.requestId(), SessionKey.of(null, turn.sessionId())))
                        .hasValueSatisfying(found -> assertThat(found.isSame()).isTrue());
                assertThat(replay.replay(turn.requestId(), turn.key())).isPresent();
            });
        }
    }

    @Test
    void returnsNothingForAnUnknownTurn() {
        try (ConfigurableApplicationContext context = replays("it was")) {
            assertThat(context.getBean(TurnReplay.class).replay(new RequestId(UUID.randomUUID()), null))
                    .isEmpty();
        }
    }

    @Test
    void changesNothing() throws Exception {
        Map<String, Object> before = state();
        replay("it is", asked.get(2).requestId(), null);
        assertThat(state()).isEqualTo(before);
    }

    /**
     * Returns the end offsets of all topics, the consumer groups and their committed offsets, and all bytes of the
     * session in Redis.
     */
    private static Map<String, Object> state() throws Exception {
        Map<String, Object> state = new TreeMap<>();
        try (Admin admin = Admin.create(TestBackends.shared().kafka())) {
            Map<TopicPartition, OffsetSpec> all = new HashMap<>();
            Topics names = new Topics(log.prefix());
            var topics = admin.describeTopics(
                            List.of(names.turns(), names.events(), names.control(), names.quarantine(), names.shadow()))
                    .allTopicNames()
                    .get();
            topics.forEach((name, topic) -> topic.partitions()
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
        state.putAll(redis());
        return state;
    }

    private static Map<String, Object> redis() {
        Map<String, Object> dumped = new TreeMap<>();
        try (RedisClient client = RedisClient.create(TestBackends.shared().redisUrl())) {
            RedisCommands<String, String> redis = client.connect().sync();
            for (String key : redis.keys(MemoryKeys.PREFIX + "{" + SessionKey.of(null, session) + "}*")) {
                dumped.put("redis " + key, Arrays.toString(redis.dump(key)));
            }
        }
        assertThat(dumped).as("the session has data in Redis").isNotEmpty();
        return dumped;
    }

    private static Replayed replay(String version, RequestId request, SessionKey key) {
        try (ConfigurableApplicationContext context = replays(version)) {
            return context.getBean(TurnReplay.class).replay(request, key).orElseThrow();
        }
    }

    private static ConfigurableApplicationContext replays(String version) {
        return withAgent(ReplayApplication.application(), version).run(arguments());
    }

    /**
     * Adds an agent whose answer contains its version, the questions in memory, and the number of turns that it has
     * counted in its state. Without a version it fails.
     */
    private static SpringApplicationBuilder withAgent(SpringApplicationBuilder application, String version) {
        AgentFactory factory = new AgentFactory() {
            @Override
            public AgentDescription description() {
                return new AgentDescription("versioned", "", List.of());
            }

            @Override
            public Agent create() {
                return (question, memory, sink) -> {
                    if (version == null) {
                        throw new IllegalStateException("thrown by the test");
                    }
                    int counted = (Integer) memory.state().getOrDefault("turns", 0);
                    sink.state(Map.of("turns", counted + 1));
                    sink.keep(new ToolStep(null, List.of(new ToolUse("1", "search", "{}", "found"))));
                    return Answer.ofText(question.text() + ": " + version + " "
                            + memory.turns().stream().map(PastTurn::question).toList()
                            + " " + counted
                            + " "
                            + memory.turns().stream()
                                    .mapToInt(turn -> turn.toolSteps().size())
                                    .sum());
                };
            }
        };
        return application.initializers(context ->
                ((GenericApplicationContext) context).registerBean("versioned", AgentFactory.class, () -> factory));
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

    private static Ask ask(String question) {
        return ask(question, null, session);
    }

    private static Ask ask(String question, String user, SessionId in) {
        return new Ask(
                new RequestId(UUID.randomUUID()),
                in,
                user,
                "versioned",
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
}
