package io.turnlane.e2e;

import static io.turnlane.backends.SecuredTestBackends.GATEWAY;
import static io.turnlane.backends.SecuredTestBackends.OPERATOR;
import static io.turnlane.backends.SecuredTestBackends.PROCESSOR;
import static io.turnlane.backends.SecuredTestBackends.STRANGER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.sync.RedisCommands;
import io.turnlane.backends.SecuredTestBackends;
import io.turnlane.backends.SecuredTestBackends.ClientAccess;
import io.turnlane.gateway.GatewayApplication;
import io.turnlane.gateway.guard.keys.KeySecret;
import io.turnlane.log.CompactedTopic;
import io.turnlane.log.KafkaAccessException;
import io.turnlane.log.KafkaRights;
import io.turnlane.log.Replication;
import io.turnlane.log.TopicSetup;
import io.turnlane.log.TopicsProperties;
import io.turnlane.model.ApiKey;
import io.turnlane.model.RequestId;
import io.turnlane.model.Scope;
import io.turnlane.model.SessionCommand.RebuildSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.redis.RedisMonitor;
import io.turnlane.model.redis.RedisTls;
import io.turnlane.model.redis.SharedClock;
import io.turnlane.model.topic.Topics;
import io.turnlane.processor.ProcessorApplication;
import io.turnlane.standalone.memory.CommandLog;
import io.turnlane.standalone.memory.MemoryStore;
import io.turnlane.store.MonitoredRedis;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Turnlane with a Kafka and a Redis that require TLS, passwords and rights. The users have exactly the rights in
 * {@code infra/deploy}.
 */
@ExtendWith(OutputCaptureExtension.class)
class SecuredBackendsTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final TopicsProperties TOPICS = new Binder(
                    new MapConfigurationPropertySource(Map.of("turnlane.topics.partitions", "2")))
            .bindOrCreate("turnlane.topics", TopicsProperties.class);

    private static SecuredTestBackends backends;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws Exception {
        backends = SecuredTestBackends.start();
        new TopicSetup(backends.kafka(GATEWAY, ClientAccess.RIGHT), TOPICS, KafkaRights.NONE, Duration.ofSeconds(30))
                .prepare();
    }

    @AfterAll
    static void stop() {
        backends.close();
    }

    private static String[] settings(String user, ClientAccess kafka, ClientAccess redis, String... more)
            throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--spring.kafka.bootstrap-servers=" + backends.bootstrapServers(),
                "--KAFKA_CONFIG_FILE=" + backends.kafkaFile(user, kafka),
                "--spring.data.redis.url=" + backends.redisUrl(user, redis),
                "--REDIS_CA_FILE=" + backends.redisAuthority(redis),
                "--turnlane.processor.drain-budget=2s"));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static URI address(ConfigurableApplicationContext gateway) {
        return URI.create("http://127.0.0.1:"
                + Objects.requireNonNull(((WebServerApplicationContext) gateway).getWebServer())
                        .getPort());
    }

    @Test
    void everyOperationWorksWithTheDocumentedRightsOnly() throws Exception {
        forgetDeniedCommands();
        String key = createKey();
        try (ConfigurableApplicationContext gateway = GatewayApplication.application()
                        .run(settings(
                                GATEWAY, ClientAccess.RIGHT, ClientAccess.RIGHT, "--turnlane.security.mode=api-key"));
                ConfigurableApplicationContext processor = ProcessorApplication.application()
                        .run(settings(
                                PROCESSOR,
                                ClientAccess.RIGHT,
                                ClientAccess.RIGHT,
                                "--turnlane.processor.retrieval.enabled=false",
                                "--turnlane.agents.default=echo",
                                "--turnlane.webhooks.enabled=true",
                                "--turnlane.webhooks.secrets=whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"))) {
            Caller alice = new Caller(http, address(gateway), key);
            String first = ask(alice);
            changeSessions(alice, first);
            operate(alice);
            rebuild();
            assertThat(alice.get("/actuator/health")).contains("\"UP\"").doesNotContain("DEGRADED");
            assertThat(processor.isRunning()).isTrue();
        }
        assertThat(deniedCommands()).as("commands that Redis denied").isEmpty();
    }

    /** Creates an API key as {@code ./turnlane keys create} does. */
    private static String createKey() throws Exception {
        KeySecret secret = KeySecret.random(new SecureRandom());
        CompactedTopic<ApiKey> keys =
                CompactedTopic.ofApiKeys(backends.kafka(OPERATOR, ClientAccess.RIGHT), Topics.DEFAULT);
        keys.createIfMissing(Replication.OF_THE_BROKER);
        keys.publish(secret.stored("alice", Set.of(Scope.values()), null, Instant.now(), null));
        assertThat(keys.readAll()).hasSize(1);
        return secret.reveal();
    }

    /** Asks questions of all kinds. Returns the id of the first request. */
    private static String ask(Caller alice) {
        String first = alice.ask("s1", Map.of("question", "one", "agent", "echo"), "Idempotency-Key", "k1");
        assertThat(first).contains("\"completed\"");
        assertThat(alice.ask("s1", Map.of("question", "one", "agent", "echo"), "Idempotency-Key", "k1"))
                .as("the same request")
                .contains(id(first));
        assertThat(alice.get("/v1/sessions/s1/requests/" + id(first) + "/events"))
                .contains("\"type\":\"completed\"");
        assertThat(alice.get("/v1/sessions/s1/requests/" + id(first) + "/timeline"))
                .contains("phases");
        for (String policy : List.of("coalesce", "interrupt", "rollback", "reject")) {
            Map<String, Object> slow =
                    Map.of("question", policy, "agent", "echo", "metadata", Map.of("delay_ms", 300), "policy", policy);
            alice.post("/v1/sessions/" + policy + "/requests", slow);
            alice.post("/v1/sessions/" + policy + "/requests", slow);
            assertThat(alice.ask(policy, slow)).contains("\"status\"");
        }
        Map<String, Object> long_ = Map.of("question", "long", "agent", "echo", "metadata", Map.of("delay_ms", 60_000));
        String running = alice.post("/v1/sessions/s2/requests", long_);
        alice.post("/v1/sessions/s2/requests/" + id(running) + "/cancel", Map.of());
        assertThat(alice.get("/v1/sessions/s2/requests/" + id(running) + "?wait=30"))
                .contains("\"cancelled\"");
        assertThat(alice.post("/v1/requests", Map.of("question", "anonymous", "agent", "echo")))
                .contains("\"queued\"");
        assertThat(alice.post("/v1/ws-tickets", Map.of())).contains("ticket");
        return id(first);
    }

    private static void changeSessions(Caller alice, String request) {
        assertThat(alice.get("/v1/sessions")).contains("\"s1\"");
        assertThat(alice.get("/v1/sessions/s1/turns")).contains("echo: one");
        assertThat(alice.call("PATCH", "/v1/sessions/s1", "{\"metadata\": {\"colour\": \"green\"}}"))
                .contains("request_id");
        String exported = alice.get("/v1/sessions/s1/export");
        assertThat(alice.call("PUT", "/v1/sessions/imported/import", exported)).contains("request_id");
        await().atMost(LIMIT)
                .until(() -> alice.get("/v1/sessions/imported/turns").contains("echo: one"));
        assertThat(alice.post("/v1/sessions/s1/fork", Map.of("session_id", "forked", "after_request_id", request)))
                .contains("request_id");
        await().atMost(LIMIT).until(() -> alice.get("/v1/sessions/forked/turns").contains("echo: one"));
        alice.call("DELETE", "/v1/sessions/imported", "");
        await().atMost(LIMIT).until(() -> alice.get("/v1/sessions/imported").contains("not_found"));
    }

    private static void operate(Caller alice) {
        String failed = alice.ask(
                "s3", Map.of("question", "fails", "agent", "echo", "metadata", Map.of("delay_ms", "no number")));
        assertThat(failed).contains("\"failed\"");
        await().atMost(LIMIT).until(() -> alice.get("/v1/quarantine").contains(id(failed)));
        assertThat(alice.post("/v1/quarantine/" + id(failed) + "/redrive", Map.of()))
                .contains("request_id");
        assertThat(alice.call("PUT", "/v1/agents/parrot", "{\"type\": \"echo\"}"))
                .contains("parrot");
        await().atMost(LIMIT)
                .until(() -> alice.ask("s4", Map.of("question", "q", "agent", "parrot"))
                        .contains("\"completed\""));
        assertThat(alice.get("/api/stats")).contains("redis");
        assertThat(alice.get("/v1/usage")).contains("{");
    }

    /** Requests rebuilds as {@code ./turnlane memory rebuild} does. */
    private static void rebuild() throws Exception {
        String turns = Topics.DEFAULT.turns();
        CommandLog log = new CommandLog(backends.kafka(OPERATOR, ClientAccess.RIGHT), turns);
        RedisTls tls = new RedisTls(backends.redisAuthority(ClientAccess.RIGHT), null, null);
        try (MemoryStore store = new MemoryStore(backends.redisUrl(OPERATOR, ClientAccess.RIGHT), tls, turns)) {
            for (int partition = 0; partition < log.partitions(); partition++) {
                store.requestRebuild(partition);
            }
            for (int partition = 0; partition < log.partitions(); partition++) {
                int awaited = partition;
                await().atMost(LIMIT).until(() -> store.report(awaited).isPresent());
            }
            RebuildSession command =
                    new RebuildSession(new RequestId(UUID.randomUUID()), new SessionId("s1"), "alice", Instant.now());
            log.publish(command);
            await().atMost(LIMIT)
                    .until(() ->
                            store.restored(command.key(), command.requestId()).isPresent());
            assertThat(store.contains(command.key())).isTrue();
        }
    }

    /** Returns the commands that Redis has denied since {@link #forgetDeniedCommands}. */
    private static List<String> deniedCommands() {
        return asRedisOwner(redis -> redis.aclLog().stream()
                .map(entry -> entry.get("username") + " " + entry.get("object"))
                .filter(entry -> !entry.endsWith(" client")) // names the client library, and may fail
                .toList());
    }

    private static void forgetDeniedCommands() {
        String reply = asRedisOwner(RedisCommands::aclLogReset);
        assertThat(reply).isEqualTo("OK");
    }

    private static <T> T asRedisOwner(Function<RedisCommands<String, String>, T> work) {
        try (RedisClient client = RedisClient.create(RedisURI.create(backends.redisOwnerUrl()))) {
            client.setOptions(ClientOptions.builder()
                    .sslOptions(trusting(ClientAccess.RIGHT))
                    .build());
            return work.apply(client.connect().sync());
        }
    }

    private static SslOptions trusting(ClientAccess access) {
        return SslOptions.builder()
                .trustManager(backends.redisAuthority(access).toFile())
                .build();
    }

    private static String id(String json) {
        return String.valueOf(Client.JSON.readValue(json, Map.class).get("request_id"));
    }

    @ParameterizedTest
    @CsvSource({
        "WRONG_PASSWORD, Kafka rejected the credentials",
        "UNTRUSTED_CERTIFICATE, The TLS handshake with Kafka failed"
    })
    void describesAWrongAccessToKafka(ClientAccess access, String expected) {
        assertThatThrownBy(() -> prepare(GATEWAY, access, KafkaRights.ofGateway(Topics.DEFAULT)))
                .isInstanceOf(KafkaAccessException.class)
                .hasMessageContaining(expected)
                .message()
                .doesNotContain(SecuredTestBackends.partOfEveryPassword());
    }

    @Test
    void namesTheRightsThatAreMissingInKafka() {
        assertThatThrownBy(() -> prepare(STRANGER, ClientAccess.RIGHT, KafkaRights.ofGateway(Topics.DEFAULT)))
                .isInstanceOf(KafkaAccessException.class)
                .hasMessageContaining("Kafka does not allow this user to describe the topics with the prefix turnlane.")
                .hasMessageContaining("docs/security.md");
        KafkaRights processor = KafkaRights.ofProcessor(Topics.DEFAULT, Set.of("turnlane-processors"));
        assertThatThrownBy(() -> prepare(GATEWAY, ClientAccess.RIGHT, processor))
                .isInstanceOf(KafkaAccessException.class)
                .hasMessageContaining("This Kafka user lacks rights: ")
                .hasMessageContaining("READ on the topic turnlane.control")
                .hasMessageContaining("WRITE on the topic turnlane.events")
                .hasMessageContaining("READ on the consumer group turnlane-processors");
    }

    private static void prepare(String user, ClientAccess access, KafkaRights rights) {
        new TopicSetup(backends.kafka(user, access), TOPICS, rights, Duration.ofSeconds(30)).prepare();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "turnlane-gateway | WRONG_PASSWORD | it rejects the user name or the password in REDIS_URL.",
                "turnlane-gateway | UNTRUSTED_CERTIFICATE | the TLS handshake failed.",
                "turnlane-operator | RIGHT | its user may not write.",
                "stranger | RIGHT | its user may not run HSET, ZADD."
            })
    void describesAWrongAccessToRedis(String user, ClientAccess access, String expected) {
        URI url = URI.create(backends.redisUrl(user, access));
        RedisStandaloneConfiguration server = new RedisStandaloneConfiguration(url.getHost(), url.getPort());
        server.setUsername(user);
        server.setPassword(url.getUserInfo().substring(user.length() + 1));
        LettuceConnectionFactory connections = new LettuceConnectionFactory(
                server,
                LettuceClientConfiguration.builder()
                        .clientOptions(ClientOptions.builder()
                                .sslOptions(trusting(access))
                                .build())
                        .useSsl()
                        .build());
        connections.afterPropertiesSet();
        try {
            List<String> reports = new ArrayList<>();
            new RedisMonitor(new MonitoredRedis(connections), new SharedClock(), reports::add).check();
            assertThat(reports).singleElement().asString().startsWith("Redis can't be used: " + expected);
        } finally {
            connections.destroy();
        }
    }

    @Test
    void aGatewayWithWrongPasswordsIsNotReadyAndLogsTheReasonsWithoutThem(CapturedOutput output) throws Exception {
        String[] settings = settings(
                GATEWAY,
                ClientAccess.WRONG_PASSWORD,
                ClientAccess.WRONG_PASSWORD,
                "--turnlane.gateway.streams.start-patience=100ms");
        try (ConfigurableApplicationContext gateway =
                GatewayApplication.application().run(settings)) {
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(output)
                            .contains("Kafka rejected the credentials")
                            .contains("it rejects the user name or the password in REDIS_URL"));
            HttpResponse<String> ready = http.send(
                    HttpRequest.newBuilder(address(gateway).resolve("/readyz")).build(), BodyHandlers.ofString());
            assertThat(ready.statusCode()).isEqualTo(503);
        }
        assertThat(output).doesNotContain(SecuredTestBackends.partOfEveryPassword());
    }

    @Test
    void aProcessorWithAWrongPasswordDoesNotStart(CapturedOutput output) throws Exception {
        String[] settings = settings(
                PROCESSOR,
                ClientAccess.WRONG_PASSWORD,
                ClientAccess.RIGHT,
                "--turnlane.processor.retrieval.enabled=false",
                "--turnlane.agents.default=echo");
        assertThatThrownBy(
                        () -> ProcessorApplication.application().run(settings).close())
                .rootCause()
                .hasMessageContaining("Kafka rejected the credentials");
        assertThat(output)
                .contains("Kafka rejected the credentials")
                .doesNotContain(SecuredTestBackends.partOfEveryPassword());
    }

    @Test
    void anInvalidAddressOfRedisIsNotRepeated(CapturedOutput output) throws Exception {
        String[] settings = settings(GATEWAY, ClientAccess.RIGHT, ClientAccess.RIGHT);
        for (int i = 0; i < settings.length; i++) {
            settings[i] = settings[i].replace("rediss://", "https://");
        }
        assertThatThrownBy(() -> GatewayApplication.application().run(settings).close())
                .hasMessageContaining("The address of Redis is invalid.");
        assertThat(output)
                .contains("The address of Redis is invalid.")
                .doesNotContain(SecuredTestBackends.partOfEveryPassword());
    }

    /** Caller of the HTTP API with an API key. */
    private record Caller(HttpClient http, URI address, String key) {

        String get(String path) {
            return call("GET", path, "");
        }

        String post(String path, Map<String, Object> body, String... headers) {
            return call("POST", path, Client.JSON.writeValueAsString(body), headers);
        }

        /** Asks and waits for the end. */
        String ask(String session, Map<String, Object> body, String... headers) {
            String[] all = Stream.concat(Stream.of("Prefer", "wait=30"), Stream.of(headers))
                    .toArray(String[]::new);
            return post("/v1/sessions/" + session + "/requests", body, all);
        }

        String call(String method, String path, String body, String... headers) {
            HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path))
                    .timeout(LIMIT)
                    .header("Authorization", "Bearer " + key)
                    .header("Content-Type", "application/json")
                    .method(method, BodyPublishers.ofString(body));
            for (int i = 0; i < headers.length; i += 2) {
                request.header(headers[i], headers[i + 1]);
            }
            try {
                return http.send(request.build(), BodyHandlers.ofString()).body();
            } catch (IOException e) {
                throw new AssertionError(method + " " + path, e);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
