package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisException;
import io.turnlane.backends.TestBrokerCluster;
import io.turnlane.backends.TestRedisCluster;
import io.turnlane.e2e.Client.ClientReply;
import io.turnlane.model.redis.RedisTls;
import io.turnlane.standalone.memory.MemoryStore;
import io.turnlane.store.loss.RebuildReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Tests with clusters of backends. They start only with {@code -Dclusters=true}, because each takes about a minute. */
@Tag("alone")
@EnabledIfSystemProperty(named = "clusters", matches = "true", disabledReason = "runs only with -Dclusters=true")
class ClusterTest {

    private static final int SESSIONS = 60;
    private static final int PARTITIONS = 4;
    private static final Duration LIMIT = Duration.ofSeconds(60);

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
                MemoryStore store = new MemoryStore(
                        redis.url(0),
                        new RedisTls(null, null, null),
                        turnlane.topics().turns());
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

    private static String[] durable(TestBrokerCluster brokers) {
        return Stream.concat(brokers.springArguments().stream(), Stream.of("--turnlane.topics.durable=true"))
                .toArray(String[]::new);
    }

    /** Kills two of three brokers, one after the other, while four clients ask. Takes about a minute. */
    @Test
    void losesABrokerUnderLoadWithoutLosingAnAcceptedQuestion() throws Exception {
        try (TestBrokerCluster brokers = TestBrokerCluster.start();
                RunningTurnlane turnlane = RunningTurnlane.start(6, durable(brokers));
                Client client = new Client(turnlane.address(), 10)) {
            assertDurable(brokers, turnlane.prefix());
            Map<String, String> accepted = new ConcurrentHashMap<>(); // request to session
            AtomicInteger rejected = new AtomicInteger();
            List<Future<?>> clients = IntStream.range(0, 4)
                    .<Future<?>>mapToObj(number ->
                            executor.submit(() -> askRepeatedly(client, "brokers-" + number, accepted, rejected)))
                    .toList();
            await().atMost(LIMIT).until(() -> accepted.size() > 200);
            brokers.kill(1);
            int before = accepted.size();
            await().atMost(LIMIT).until(() -> accepted.size() > before + 200);
            brokers.start(1);
            brokers.kill(2);
            for (Future<?> each : clients) {
                each.get();
            }
            System.out.println("two of three brokers killed in turn: " + accepted.size() + " accepted, " + rejected
                    + " rejected with 503");
            accepted.forEach((request, session) -> assertThat(
                            client.get("/v1/sessions/" + session + "/requests/" + request + "?wait=60")
                                    .text("status"))
                    .isEqualTo("completed"));
        }
    }

    /** Asks until 400 questions of this client are accepted. Rejected questions are asked again. */
    private static void askRepeatedly(
            Client client, String prefix, Map<String, String> accepted, AtomicInteger rejected) {
        for (int i = 0; i < 400; ) {
            String session = prefix + "-" + i % 10;
            ClientReply reply = client.ask(session, "q" + i, Map.of("delay_ms", 20));
            if (reply.status() == 202) {
                accepted.put(reply.text("request_id"), session);
                i++;
            } else {
                assertThat(reply.status()).as("status of a rejected question").isEqualTo(503);
                rejected.incrementAndGet();
            }
        }
    }

    /** Checks that every topic of the installation has three replicas, of which two must store each record. */
    private static void assertDurable(TestBrokerCluster brokers, String prefix) throws Exception {
        try (Admin admin = Admin.create(brokers.kafka())) {
            List<String> topics = admin.listTopics().names().get().stream()
                    .filter(name -> name.startsWith(prefix))
                    .toList();
            assertThat(topics).contains(prefix + "turns", prefix + "events", prefix + "agents");
            admin.describeTopics(topics)
                    .allTopicNames()
                    .get()
                    .values()
                    .forEach(topic -> assertThat(topic.partitions())
                            .as(topic.name())
                            .allMatch(partition -> partition.replicas().size() == 3));
            List<ConfigResource> resources = topics.stream()
                    .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                    .toList();
            admin.describeConfigs(resources)
                    .all()
                    .get()
                    .forEach((topic, settings) -> assertThat(
                                    settings.get("min.insync.replicas").value())
                            .as(topic.name())
                            .isEqualTo("2"));
        }
    }
}
