package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.backends.TestBackends;
import io.turnlane.e2e.Client.ClientReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Asks a hundred questions at once in a session whose first one runs. Compares the end of each with a model that
 * applies the policies in the order of the log and uses no code of the engine.
 */
@Timeout(300)
class BusySessionTest {

    private static final int QUESTIONS = 100;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static RunningTurnlane turnlane;
    private static PromptedAgent agent;
    private static Client client;

    private final String session = "busy-" + UUID.randomUUID();
    /** Expected terminal status of each request, with the request that caused it. */
    private final Map<String, String> expected = new HashMap<>();
    /** Questions that the agent is expected to answer at the end. */
    private final List<String> answered = new ArrayList<>();

    @BeforeAll
    static void start() {
        agent = new PromptedAgent();
        turnlane = RunningTurnlane.start(1, List.of(agent), "--turnlane.gateway.asks.max-open=200");
        client = new Client(turnlane.address());
        client.askAndWait("warm-up", "hello", Map.of());
    }

    @AfterAll
    static void stop() {
        client.close();
        turnlane.close();
    }

    @AfterEach
    void completeAll() {
        agent.completeAll();
    }

    /**
     * The policies interrupt and coalesce are not mixed: the result would depend on whether an interrupting turn has
     * begun when the next question arrives.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "enqueue",
                "reject",
                "interrupt",
                "rollback",
                "coalesce",
                "enqueue,reject,coalesce",
                "enqueue,reject,interrupt,rollback"
            })
    void endsEachQuestionAsTheLogOrderDetermines(String policies) throws Exception {
        postAll(policies.split(","));
        awaitDecisions();
        answerAll();
        check();
    }

    @Test
    void decidesTheSameAfterTheProcessorIsReplaced() throws Exception {
        postAll("enqueue", "reject", "coalesce");
        awaitDecisions();
        turnlane.replaceProcessor(List.of(agent));
        answerAll();
        check();
    }

    private void postAll(String... policies) throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("BusySessionTest seed " + seed + ", " + String.join(" ", policies));
        Random random = new Random(seed);
        String first = post("first", "enqueue").header("Location");
        await().atMost(TIMEOUT).until(() -> client.get(first).text("status").equals("running"));
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ClientReply>> replies = new ArrayList<>();
            for (int i = 0; i < QUESTIONS; i++) {
                String question = "q" + i;
                String policy = policies[random.nextInt(policies.length)];
                replies.add(executor.submit(() -> post(question, policy)));
            }
            for (Future<ClientReply> reply : replies) {
                assertThat(reply.get().status()).isEqualTo(202);
            }
        }
        computeExpected(turns());
    }

    private ClientReply post(String question, String policy) {
        return client.post(
                "/v1/sessions/" + session + "/requests",
                Map.of("question", question, "agent", "prompted", "policy", policy));
    }

    /** An open question of the model. */
    private record Open(String id, String question) {}

    /** The model: the first question runs until all are decided, or until it is interrupted. */
    private void computeExpected(List<Map<String, Object>> log) {
        List<Open> open = new ArrayList<>();
        for (Map<String, Object> ask : log) {
            Open one = new Open((String) ask.get("request_id"), (String) ask.get("question"));
            switch ((String) ask.get("policy")) {
                case "enqueue" -> open.add(one);
                case "reject" ->
                    expected.put(one.id(), "rejected " + open.getFirst().id());
                case "interrupt", "rollback" -> {
                    open.forEach(other -> expected.put(other.id(), "cancelled " + one.id()));
                    open.clear();
                    open.add(one);
                }
                case "coalesce" -> {
                    List<Open> waiting = open.subList(1, open.size());
                    waiting.forEach(other -> expected.put(other.id(), "superseded " + one.id()));
                    String merged = waiting.stream()
                            .map(other -> other.question() + "\n\n")
                            .collect(Collectors.joining("", "", one.question()));
                    waiting.clear();
                    open.add(new Open(one.id(), merged));
                }
                default -> throw new AssertionError(ask);
            }
        }
        open.forEach(one -> expected.put(one.id(), "completed null"));
        open.forEach(one -> answered.add(one.question()));
    }

    /** Waits until all questions that will not be answered have ended, while the first one still runs. */
    private void awaitDecisions() {
        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(ends())
                        .containsAllEntriesOf(expected.entrySet().stream()
                                .filter(one -> !one.getValue().startsWith("completed"))
                                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue))));
    }

    private void answerAll() {
        answered.forEach(
                question -> agent.script(question).delta("So: " + question).complete());
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(ends()).containsAllEntriesOf(expected));
    }

    private void check() {
        assertThat(ends()).as("every question has exactly one end").isEqualTo(expected);
        expected.forEach((id, end) -> assertThat(client.get("/v1/sessions/" + session + "/requests/" + id)
                        .json())
                .as("status when polled")
                .satisfies(request -> assertThat(request.get("status") + " " + request.get("by"))
                        .isEqualTo(end)));
        List<Map<String, Object>> history =
                client.get("/v1/sessions/" + session + "/turns").list("turns");
        assertThat(history)
                .allSatisfy(turn -> assertThat(expected.get((String) turn.get("request_id")))
                        .startsWith((String) turn.get("status")));
        assertThat(history.stream().filter(turn -> turn.get("answer") != null).map(turn -> turn.get("question")))
                .as("the history has the last answered questions, in order")
                .containsExactlyElementsOf(answered.subList(
                        Math.max(
                                0,
                                answered.size()
                                        - (int) history.stream()
                                                .filter(turn -> turn.get("answer") != null)
                                                .count()),
                        answered.size()));
    }

    /** Returns the session's questions in the order of the log. */
    private List<Map<String, Object>> turns() {
        return records(turnlane.topics().turns());
    }

    /** Returns the end of each request in the log; if a request has two different ends, both. */
    private Map<String, String> ends() {
        Function<Map<String, Object>, String> end = event -> event.get("type") + " " + event.get("by");
        return records(turnlane.topics().events()).stream()
                .filter(event -> List.of("completed", "failed", "cancelled", "superseded", "rejected")
                        .contains((String) event.get("type")))
                .collect(Collectors.toMap(
                        event -> (String) event.get("request_id"),
                        end,
                        (one, two) -> one.equals(two) ? one : one + " and " + two));
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> records(String topic) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                TestBackends.shared().kafka(), new StringDeserializer(), new StringDeserializer())) {
            TopicPartition all = new TopicPartition(topic, 0);
            consumer.assign(List.of(all));
            consumer.seekToBeginning(List.of(all));
            long end = consumer.endOffsets(List.of(all)).get(all);
            List<Map<String, Object>> ours = new ArrayList<>();
            while (consumer.position(all) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    if (record.key().endsWith(":" + session)) {
                        ours.add(Client.JSON.readValue(record.value(), Map.class));
                    }
                }
            }
            return ours;
        }
    }
}
