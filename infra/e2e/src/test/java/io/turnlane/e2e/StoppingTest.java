package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.e2e.Client.ClientReply;
import io.turnlane.e2e.Client.Event;
import java.net.URI;
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
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Cancels and deadlines, checked by HTTP, events and memory, through two gateways. */
@Timeout(1800)
class StoppingTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int CANCELS = Integer.getInteger("cancels", 200);

    private static RunningTurnlane turnlane;
    private static PromptedAgent agent;
    private static Client client;
    private static Client other;

    private final String session = "stop-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        agent = new PromptedAgent();
        turnlane = RunningTurnlane.start(
                4, List.of(agent), "--turnlane.gateway.asks.max-open=200", "--turnlane.processor.retry.first=30s");
        URI second = turnlane.addGateway();
        client = new Client(turnlane.address());
        other = new Client(second);
        client.askAndWait("warm-up", "hello", Map.of());
    }

    @AfterAll
    static void stop() {
        client.close();
        other.close();
        turnlane.close();
    }

    @AfterEach
    void completeAll() {
        agent.completeAll();
    }

    @Test
    void cancelsARunningTurnThroughAnotherGatewayAndTheNextOneRuns() {
        String running = ask("long story", "enqueue");
        agent.script("long story").delta("Once upon a time");
        await().atMost(TIMEOUT).until(() -> status(running).equals("running"));
        String next = ask("next", "enqueue");
        agent.script("next").delta("Here.").complete();

        long asked = System.nanoTime();
        ClientReply cancelled = other.post(running + "/cancel", Map.of("reason", "enough"));
        assertThat(cancelled.status()).isEqualTo(202);
        ClientReply ended = client.get(running + "?wait=20");
        System.out.println("a running turn was cancelled within " + (System.nanoTime() - asked) / 1_000_000 + " ms");
        assertThat(ended.text("status")).isEqualTo("cancelled");
        assertThat(ended.text("reason")).isEqualTo("enough");
        assertThat(ended.json().get("answer")).isNull();
        assertThat(client.get(next + "?wait=20").text("status")).isEqualTo("completed");

        assertThat(client.stream(running + "/events")).extracting(Event::type).containsExactly("cancelled");
        List<Map<String, Object>> history =
                client.get("/v1/sessions/" + session + "/turns").list("turns");
        assertThat(history).extracting(turn -> turn.get("status")).containsExactly("cancelled", "completed");
        assertThat(history.getFirst().get("answer")).isNull();
        assertThat(client.post(running + "/cancel", Map.of()).status())
                .as("second cancel of the ended turn")
                .isEqualTo(200);
        assertThat(agent.script("long story").attempts()).isEqualTo(1);
    }

    @Test
    void cancelsAWaitingTurnAtOnceWithoutATrace() {
        String running = ask("long story", "enqueue");
        await().atMost(TIMEOUT).until(() -> status(running).equals("running"));
        String waiting = ask("never mind", "enqueue");
        assertThat(other.post(waiting + "/cancel", Map.of()).status()).isEqualTo(202);
        assertThat(client.get(waiting + "?wait=20").text("status"))
                .as("status while the other turn still runs")
                .isEqualTo("cancelled");
        assertThat(status(running)).isEqualTo("running");
        agent.script("long story").delta("The end.").complete();
        assertThat(client.get(running + "?wait=20").text("status")).isEqualTo("completed");
        assertThat(client.get("/v1/sessions/" + session + "/turns").list("turns"))
                .extracting(turn -> turn.get("question"))
                .containsExactly("long story");
        assertThat(agent.script("never mind").attempts()).isZero();
    }

    @Test
    void cancelsATurnInBackOff() {
        String failing = ask("fails", "enqueue");
        agent.script("fails").fail();
        await().atMost(TIMEOUT).until(() -> status(failing).equals("retrying"));
        client.post(failing + "/cancel", Map.of());
        assertThat(client.get(failing + "?wait=10").text("status"))
                .as("status 30 s before the next attempt")
                .isEqualTo("cancelled");
        assertThat(agent.script("fails").attempts()).isEqualTo(1);
    }

    @Test
    void failsAWaitingTurnAtItsDeadline() {
        String running = ask("long story", "enqueue");
        await().atMost(TIMEOUT).until(() -> status(running).equals("running"));
        ClientReply asked = client.post(
                "/v1/sessions/" + session + "/requests",
                Map.of("question", "quickly", "agent", "prompted", "deadline_seconds", 1));
        ClientReply late = client.get(asked.header("Location") + "?wait=20");
        assertThat(late.text("status")).isEqualTo("failed");
        assertThat(late.object("error").get("code")).isEqualTo("deadline_exceeded");
        assertThat(status(running)).isEqualTo("running");
    }

    /** If a cancel and the end of its turn coincide, one of them wins, and all interfaces report the same one. */
    @Test
    void exactlyOneOfCompletedAndCancelledWins() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("StoppingTest seed " + seed + ", " + CANCELS + " cancels");
        Map<String, Integer> outcomes = new HashMap<>();
        try (ExecutorService executor =
                Executors.newFixedThreadPool(32, Thread.ofVirtual().factory())) {
            List<Future<String>> races = new ArrayList<>();
            for (int i = 0; i < CANCELS; i++) {
                Random random = new Random(seed + i);
                races.add(executor.submit(() -> race(random)));
            }
            for (Future<String> race : races) {
                outcomes.merge(race.get(), 1, Integer::sum);
            }
        }
        System.out.println("cancels that raced with completion: " + outcomes);
        assertThat(outcomes.keySet()).as("both outcomes occur").contains("completed", "cancelled");
    }

    /** Returns the outcome, after checking that cancel, poll, stream and memory agree. */
    private static String race(Random random) {
        String race = "race-" + UUID.randomUUID();
        int delay = random.nextInt(40);
        Map<String, Object> body = Client.askBody("q", Map.of("delay_ms", delay, "deltas", 1 + random.nextInt(4)));
        ClientReply asked =
                retry(() -> client.post("/v1/sessions/" + race + "/requests", body, "Idempotency-Key", race));
        String self = asked.header("Location");
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(60)).toNanos());
        Client either = random.nextBoolean() ? client : other;
        ClientReply cancelled = retry(() -> either.post(self + "/cancel", Map.of()));
        ClientReply ended = retry(() -> client.get(self + "?wait=60"));
        String status = ended.text("status");
        assertThat(status).isIn("completed", "cancelled");
        assertThat(cancelled.status()).isEqualTo(status.equals("completed") ? 200 : cancelled.status());
        if (cancelled.status() == 202) {
            assertThat(status).as("status after a cancel was accepted").isEqualTo("cancelled");
        } else {
            assertThat(cancelled.text("status")).isEqualTo(status);
        }
        assertThat(client.stream(self + "/events").getLast().type()).isEqualTo(status);
        List<Map<String, Object>> history =
                retry(() -> client.get("/v1/sessions/" + race + "/turns")).list("turns");
        if (status.equals("completed")) {
            assertThat(history)
                    .singleElement()
                    .satisfies(turn -> assertThat(turn.get("answer")).isEqualTo("echo: q"));
        } else {
            assertThat(history)
                    .hasSizeLessThan(2)
                    .allSatisfy(turn -> assertThat(turn.get("answer")).isNull());
        }
        return status;
    }

    /** Repeats a call while it returns 503, because Redis may be slow on a busy machine. */
    private static ClientReply retry(Supplier<ClientReply> call) {
        ClientReply reply = call.get();
        while (reply.status() == 503) {
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            reply = call.get();
        }
        return reply;
    }

    private String ask(String question, String policy) {
        ClientReply asked = client.post(
                "/v1/sessions/" + session + "/requests",
                Map.of("question", question, "agent", "prompted", "policy", policy));
        assertThat(asked.status()).isEqualTo(202);
        return asked.header("Location");
    }

    private static String status(String self) {
        return client.get(self).text("status");
    }
}
