package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.e2e.Client.ClientReply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many sessions on one partition: each is answered in order, and none waits for another. */
@Tag("alone")
class OrderAndIndependenceTest {

    private static RunningTurnlane turnlane;
    private static Client client;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    @BeforeAll
    static void start() {
        turnlane = RunningTurnlane.start(1);
        client = new Client(turnlane.address());
        client.askAndWait("warm-up", "hello", Map.of());
    }

    @AfterAll
    static void stop() {
        client.close();
        turnlane.close();
    }

    @Test
    void answersAHundredSessionsAtOnceOnOnePartition() throws Exception {
        long start = System.nanoTime();
        List<Future<ClientReply>> replies = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String question = "token " + UUID.randomUUID();
            replies.add(executor.submit(
                    () -> client.askAndWait("many-" + UUID.randomUUID(), question, Map.of("delay_ms", 2000))));
        }
        for (Future<ClientReply> reply : replies) {
            assertThat(reply.get().status()).isEqualTo(200);
            assertThat(reply.get().text("status")).isEqualTo("completed");
            assertThat(reply.get().object("answer").get("text"))
                    .isEqualTo("echo: " + reply.get().text("question"));
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.out.println("100 sessions, 2 s each, one partition: all answered in " + took.toMillis() + " ms");
        assertThat(took).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void answersTurnsOfOneSessionInOrderAndRemembersTheLastTen() throws Exception {
        List<Future<?>> sessions = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String session = "order-" + UUID.randomUUID();
            sessions.add(executor.submit(() -> checkOrder(session)));
        }
        for (Future<?> session : sessions) {
            session.get();
        }
    }

    private static void checkOrder(String session) {
        List<String> asked = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            ClientReply reply = client.ask(session, "q" + i, Map.of("delay_ms", 10));
            assertThat(reply.status()).isEqualTo(202);
            asked.add(reply.text("request_id"));
        }
        List<Instant> finished = new ArrayList<>();
        for (String request : asked) {
            ClientReply done = client.get("/v1/sessions/" + session + "/requests/" + request + "?wait=60");
            assertThat(done.text("status")).isEqualTo("completed");
            finished.add(Instant.parse(done.text("finished_at")));
        }
        assertThat(finished).as("end times in the order of the questions").isSorted();
        assertThat(client.get("/v1/sessions/" + session + "/turns").list("turns"))
                .extracting(turn -> turn.get("question"))
                .containsExactlyElementsOf(
                        IntStream.range(2, 12).mapToObj(i -> "q" + i).toList());
    }

    @Test
    void aSlowSessionDelaysNoOther() {
        String slow = "slow-" + UUID.randomUUID();
        ClientReply asked = client.ask(slow, "slow", Map.of("delay_ms", 30_000));
        long worst = 0;
        for (int i = 0; i < 50; i++) {
            long start = System.nanoTime();
            assertThat(client.askAndWait("quick-" + i + UUID.randomUUID(), "quick", Map.of())
                            .status())
                    .isEqualTo(200);
            worst = Math.max(worst, System.nanoTime() - start);
        }
        System.out.println(
                "while one session runs for 30 s, the slowest of 50 others took " + worst / 1_000_000 + " ms");
        assertThat(Duration.ofNanos(worst)).isLessThan(Duration.ofSeconds(2));
        assertThat(client.get("/v1/sessions/" + slow + "/requests/" + asked.text("request_id"))
                        .text("status"))
                .isEqualTo("running");
    }
}
