package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisException;
import io.turnlane.backends.TestBrokerCluster;
import io.turnlane.backends.TestRedisCluster;
import io.turnlane.e2e.Client.ClientReply;
import io.turnlane.standalone.memory.MemoryStore;
import io.turnlane.store.loss.RebuildReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Tests with clusters of backends. They start only with {@code -Dclusters=true}, because each takes about a minute. */
@Tag("alone")
@EnabledIfSystemProperty(named = "clusters", matches = "true", disabledReason = "runs only with -Dclusters=true")
class ClusterTest {

    private static final int SESSIONS = 60;
    private static final int PARTITIONS = 4;

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    @Test
    void keepsItsGuaranteesOnARedisClusterOfThreeMasters() throws Exception {
        try (TestRedisCluster redis = TestRedisCluster.start();
                RunningTurnlane turnlane =
                        RunningTurnlane.start(PARTITIONS, "--spring.data.redis.cluster.nodes=" + redis.nodes());
                Client client = new Client(turnlane.address())) {
            List<Future<?>> sessions = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                String session = "cluster-" + UUID.randomUUID();
                sessions.add(executor.submit(() -> converse(client, session)));
            }
            for (Future<?> session : sessions) {
                session.get();
            }
            System.out.println("keys on each of three masters: " + redis.keys());
            assertThat(redis.keys()).as("all masters store sessions").allMatch(keys -> keys > SESSIONS / 3);
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
        assertThat(client.askAndWait(session, "after deletion", Map.of()).text("status"))
                .isEqualTo("completed");
    }

    @Test
    void restoresTheDataThatOneOfThreeMastersLost() throws Exception {
        try (TestRedisCluster redis = TestRedisCluster.start();
                RunningTurnlane turnlane =
                        RunningTurnlane.start(PARTITIONS, "--spring.data.redis.cluster.nodes=" + redis.nodes());
                MemoryStore store =
                        new MemoryStore(redis.url(0), turnlane.topics().turns());
                Client client = new Client(turnlane.address())) {
            List<String> sessions =
                    Stream.generate(() -> "lost-" + UUID.randomUUID()).limit(30).toList();
            sessions.forEach(session -> client.askAndWait(session, "one", Map.of()));
            awaitRebuilt(store, Set.of());

            Set<String> before = digests(store);
            redis.flush(1);
            awaitRebuilt(store, before);
            assertRemembered(client, sessions, "one");

            before = digests(store);
            redis.killAndStart(2);
            awaitRebuilt(store, before); // detected by the run_id, because the markers were restored from the file
            sessions.forEach(session -> client.askAndWait(session, "two", Map.of()));
            assertRemembered(client, sessions, "one", "two");

            IntStream.range(0, PARTITIONS).forEach(store::requestRebuild); // as ./turnlane memory rebuild does
            awaitRebuilt(store, Set.of());
            assertRemembered(client, sessions, "one", "two");
        }
    }

    /** Returns the digests of the last rebuild of each partition. */
    private static Set<String> digests(MemoryStore store) {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(store::report)
                .flatMap(Optional::stream)
                .map(RebuildReport::digest)
                .collect(Collectors.toSet());
    }

    /** Waits until all partitions have a rebuild report whose digest is not one of these. */
    private static void awaitRebuilt(MemoryStore store, Set<String> before) {
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(RedisException.class)
                .until(() -> IntStream.range(0, PARTITIONS)
                        .allMatch(partition -> store.report(partition)
                                .filter(report -> !before.contains(report.digest()))
                                .isPresent()));
    }

    private static void assertRemembered(Client client, List<String> sessions, String... questions) {
        for (String session : sessions) {
            assertThat(client.get("/v1/sessions/" + session + "/turns").list("turns"))
                    .extracting(turn -> turn.get("question"))
                    .containsExactly((Object[]) questions);
        }
    }

    private static String[] replicated(TestBrokerCluster brokers) {
        return Stream.concat(brokers.springArguments().stream(), Stream.of("--turnlane.topics.replication-factor=3"))
                .toArray(String[]::new);
    }

    @Test
    void losesOneOfThreeBrokersWithoutLosingAnAcceptedQuestion() throws Exception {
        try (TestBrokerCluster brokers = TestBrokerCluster.start();
                RunningTurnlane turnlane = RunningTurnlane.start(6, replicated(brokers));
                Client client = new Client(turnlane.address())) {
            Map<String, String> accepted = new LinkedHashMap<>(); // request to session
            int rejected = 0;
            for (int i = 0; i < 600; i++) {
                if (i == 200) {
                    brokers.kill(1);
                } else if (i == 400) {
                    brokers.start(1);
                    brokers.kill(2);
                }
                String session = "brokers-" + i % 40;
                ClientReply reply = client.ask(session, "q" + i, Map.of("delay_ms", 20));
                if (reply.status() == 202) {
                    accepted.put(reply.text("request_id"), session);
                } else {
                    assertThat(reply.status())
                            .as("status of a rejected question")
                            .isEqualTo(503);
                    rejected++;
                }
            }
            System.out.println("two of three brokers killed in turn: " + accepted.size() + " accepted, " + rejected
                    + " rejected with 503");
            assertThat(accepted).hasSizeGreaterThan(400);
            accepted.forEach((request, session) -> assertThat(
                            client.get("/v1/sessions/" + session + "/requests/" + request + "?wait=60")
                                    .text("status"))
                    .isEqualTo("completed"));
        }
    }
}
