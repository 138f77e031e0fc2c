package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.backends.TestBrokerCluster;
import io.turnlane.backends.TestRedisCluster;
import io.turnlane.e2e.Client.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** On backends of several nodes; run by hand with {@code -Dclusters=true}, for they take a minute to come and go. */
@EnabledIfSystemProperty(named = "clusters", matches = "true", disabledReason = "by hand: -Dclusters=true")
class ClusterTest {

    private static final int SESSIONS = 60;

    private final ExecutorService people = Executors.newVirtualThreadPerTaskExecutor();

    @Test
    void keepsItsPromisesOnARedisClusterOfThreeMasters() throws Exception {
        try (TestRedisCluster redis = TestRedisCluster.start();
                RunningTurnlane turnlane =
                        RunningTurnlane.start(4, "--spring.data.redis.cluster.nodes=" + redis.nodes());
                Client client = new Client(turnlane.address())) {
            List<Future<?>> sessions = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                String session = "cluster-" + UUID.randomUUID();
                sessions.add(people.submit(() -> converse(client, session)));
            }
            for (Future<?> session : sessions) {
                session.get();
            }
            System.out.println("keys on each of three masters: " + redis.keys());
            assertThat(redis.keys()).as("sessions stand on all masters").allMatch(keys -> keys > SESSIONS / 3);
            assertThat(client.get("/api/stats").status()).isEqualTo(200);
        }
    }

    private static void converse(Client client, String session) {
        List<String> asked = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            asked.add(client.post(
                            "/v1/sessions/" + session + "/requests",
                            Client.askBody("q" + i, Map.of("delay_ms", 5)),
                            "Idempotency-Key",
                            session + i)
                    .text("request_id"));
        }
        for (String request : asked) {
            assertThat(client.get("/v1/sessions/" + session + "/requests/" + request + "?wait=60")
                            .text("status"))
                    .isEqualTo("completed");
        }
        assertThat(client.get("/v1/sessions/" + session + "/turns").list("turns"))
                .extracting(turn -> turn.get("question"))
                .containsExactlyElementsOf(
                        IntStream.range(2, 12).mapToObj(i -> "q" + i).toList());
        assertThat(client.delete("/v1/sessions/" + session).status()).isEqualTo(202);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> client.get("/v1/sessions/" + session).status() == 404);
        assertThat(client.askAndWait(session, "a new life", Map.of()).text("status"))
                .isEqualTo("completed");
    }

    @Test
    void losesOneOfThreeBrokersWithoutLosingAnAcceptedQuestion() throws Exception {
        try (TestBrokerCluster brokers = TestBrokerCluster.start();
                RunningTurnlane turnlane = RunningTurnlane.start(
                        6,
                        "--spring.kafka.bootstrap-servers=" + brokers.bootstrapServers(),
                        "--turnlane.topics.replication-factor=3");
                Client client = new Client(turnlane.address())) {
            Map<String, String> accepted = new LinkedHashMap<>(); // request to session
            int refused = 0;
            for (int i = 0; i < 600; i++) {
                if (i == 200) {
                    brokers.kill(1);
                } else if (i == 400) {
                    brokers.start(1);
                    brokers.kill(2);
                }
                String session = "brokers-" + i % 40;
                Reply reply = client.ask(session, "q" + i, Map.of("delay_ms", 20));
                if (reply.status() == 202) {
                    accepted.put(reply.text("request_id"), session);
                } else {
                    assertThat(reply.status()).as("an honest refusal").isEqualTo(503);
                    refused++;
                }
            }
            System.out.println("two of three brokers killed in turn: " + accepted.size() + " accepted, " + refused
                    + " refused with 503");
            assertThat(accepted).hasSizeGreaterThan(400);
            accepted.forEach((request, session) -> assertThat(
                            client.get("/v1/sessions/" + session + "/requests/" + request + "?wait=60")
                                    .text("status"))
                    .isEqualTo("completed"));
        }
    }
}
