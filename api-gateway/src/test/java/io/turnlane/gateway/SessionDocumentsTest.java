package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.model.AgentStates;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.ToolStep;
import io.turnlane.model.WireFormat;
import io.turnlane.model.json.CanonicalJson;
import io.turnlane.store.Checksummed;
import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sessions as documents: export and import. */
@Timeout(60)
class SessionDocumentsTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static TestGateway gateway;
    private static TestProcessor processor;

    private final String session = "s-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
        processor = new TestProcessor(gateway);
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
    }

    @Test
    void exportsAndImportsASessionWithAChecksum() throws Exception {
        ask("why?");
        ask("and then? \u20ac \ud83d\ude00");
        HttpReply exported = gateway.get("/v1/sessions/" + session + "/export");
        assertThat(exported.json().path("format").asString()).isEqualTo("turnlane.session");
        assertThat(exported.json().path("turns")).hasSize(2);
        assertThat(exported.json().path("damaged").asInt()).isZero();

        HttpReply imported = gateway.put(
                "/v1/sessions/other-" + session + "/import", exported.response().body());
        assertThat(imported.status()).as(imported.response().body()).isEqualTo(202);
        assertThat(gateway.get("/v1/sessions/other-" + session).status())
                .as("the session exists at once")
                .isEqualTo(200);
        ImportSession command = (ImportSession) commandOf(imported);
        assertThat(command.forkOf()).isNull();
        assertThat(command.state().turns())
                .extracting(PastTurn::answer)
                .containsExactly("You said: why?", "You said: and then? \u20ac \ud83d\ude00");
        assertThat(command.state().ttl()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void importsAReformattedDocument() {
        ask("why?");
        JsonNode document = gateway.get("/v1/sessions/" + session + "/export").json();
        Map<String, Object> sorted =
                new TreeMap<>(JSON.convertValue(document, new TypeReference<Map<String, Object>>() {}));
        String pretty = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(sorted);
        assertThat(gateway.put("/v1/sessions/" + session + "/import", pretty).status())
                .isEqualTo(202);
    }

    @Test
    void rejectsAModifiedDocument() throws Exception {
        ask("why?");
        String document =
                gateway.get("/v1/sessions/" + session + "/export").response().body();
        String path = "/v1/sessions/new-" + session + "/import";
        for (String changed : List.of(
                document.replace("You said", "I said"),
                document.replace("3600", "3601"),
                document.replaceAll("\"checksum\":\"sha256:[0-9a-f]{64}\"", "\"checksum\":\"sha256:00\""),
                document.replaceAll(",\"checksum\":\"sha256:[0-9a-f]{64}\"", ""))) {
            assertThat(changed).isNotEqualTo(document);
            HttpReply rejected = gateway.put(path, changed);
            assertThat(rejected.status()).isEqualTo(422);
            assertThat(rejected.text("code")).isEqualTo("checksum_mismatch");
        }
        assertThat(gateway.get("/v1/sessions/new-" + session).status()).isEqualTo(404);
        assertThat(gateway.get("/v1/sessions/" + session + "/turns").json().path("turns"))
                .hasSize(1);
    }

    @Test
    void rejectsDocumentsThatAreNotSessions() throws Exception {
        String path = "/v1/sessions/" + session + "/import";
        for (String none :
                List.of("", "[]", "null", "{}", "{\"format\":\"other\"}", "{\"format\":1,", "[".repeat(900))) {
            assertThat(gateway.put(path, none).status()).as(none).isEqualTo(400);
        }
        Map<String, Object> document = new TreeMap<>(Map.of(
                "format", "turnlane.session", "version", 1, "session", Map.of("agent", "echo"), "turns", List.of()));
        for (Object turns : List.of("x", List.of(Map.of("question", "?")), Map.of(), List.of(7))) {
            document.put("turns", turns);
            document.remove("checksum");
            document.put("checksum", CanonicalJson.checksum(document));
            assertThat(gateway.put(path, JSON.writeValueAsString(document)).status())
                    .isEqualTo(400);
        }
        assertThat(gateway.get("/v1/sessions/" + session).status()).isEqualTo(404);
    }

    /** Each value is well formed and has a right checksum, but no session can have it. */
    @ParameterizedTest
    @CsvSource({
        "session, created_at, '\"+1000000000-12-31T23:59:59Z\"'",
        "session, created_at, '\"-1000000000-01-01T00:00:00Z\"'",
        "session, created_at, 1e18",
        "session, total_processing_time, 1e18",
        "session, total_processing_time, -1",
        "session, request_count, 1e15",
        "session, request_count, -1",
        "session, ttl_seconds, 1e15",
        "session, ttl_seconds, 0",
        "session, agent, '\"no agent\"'",
        "turn, processing_time, 1e18",
        "turn, processing_time, -1e18",
        "turn, timestamp, '\"+1000000000-12-31T23:59:59Z\"'",
        "turn, confidence, -0.1",
        "turn, confidence, 2",
        "turn, status, '\"running\"'",
        "source, score, '\"NaN\"'"
    })
    void rejectsDocumentsWithValuesOutsideTheirRange(String part, String field, String value) {
        ask("why?");
        Map<String, Object> document = JSON.convertValue(
                gateway.get("/v1/sessions/" + session + "/export").json(), new TypeReference<>() {});
        Map<String, Object> turn = child(((List<?>) document.get("turns")).getFirst());
        Map<String, Object> source = new TreeMap<>(Map.of("id", "a", "title", "A", "score", 0.5));
        turn.put("sources", List.of(source));
        String path = "/v1/sessions/ranges-" + session + "/import";
        assertThat(gateway.put(path, withChecksum(document)).status()).isEqualTo(202);
        Map<String, Object> changed = switch (part) {
            case "session" -> child(document.get("session"));
            case "turn" -> turn;
            default -> source;
        };
        changed.put(field, JSON.readValue(value, Object.class));

        HttpReply rejected = gateway.put(path.replace("ranges", "rejected"), withChecksum(document));

        assertThat(rejected.status()).as(rejected.response().body()).isEqualTo(400);
        assertThat(gateway.get("/v1/sessions/rejected-" + session).status()).isEqualTo(404);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> child(Object value) {
        return (Map<String, Object>) value;
    }

    private static String withChecksum(Map<String, Object> document) {
        document.remove("checksum");
        document.put("checksum", CanonicalJson.checksum(document));
        return JSON.writeValueAsString(document);
    }

    /** Several changes on their way may make metadata larger than one call may send. It can still be imported. */
    @Test
    void importsMetadataThatGrewByChanges() {
        ask("why?");
        Map<String, Object> document = JSON.convertValue(
                gateway.get("/v1/sessions/" + session + "/export").json(), new TypeReference<>() {});
        child(document.get("session")).put("metadata", Map.of("a", "x".repeat(60_000)));
        String path = "/v1/sessions/grown-" + session + "/import";
        assertThat(gateway.put(path, withChecksum(document)).status()).isEqualTo(202);
        child(document.get("session")).put("metadata", Map.of("a", "x".repeat(70_000)));
        assertThat(gateway.put(path, withChecksum(document)).text("code")).isEqualTo("metadata_too_large");
    }

    @Test
    void exportsAndImportsTheStatesOfAgents() throws Exception {
        ask("why?");
        AgentStates states = AgentStates.NONE.with("echo", Map.of("step", 2, "cart", List.of("tea")));
        String context = new MemoryKeys(SessionKey.of(null, new SessionId(session))).context();
        byte[] stored = Checksummed.seal(new WireFormat().writeValue(states));
        gateway.bean(StringRedisTemplate.class).execute((RedisCallback<Object>)
                redis -> redis.hashCommands().hSet(context.getBytes(), "states".getBytes(), stored));
        JsonNode exported = gateway.get("/v1/sessions/" + session + "/export").json();
        assertThat(exported.path("session")
                        .path("agent_states")
                        .path("echo")
                        .path("step")
                        .asInt())
                .isEqualTo(2);
        HttpReply imported = gateway.put("/v1/sessions/copy-" + session + "/import", exported.toString());
        assertThat(imported.status()).isEqualTo(202);
        assertThat(((ImportSession) commandOf(imported)).state().agentStates()).isEqualTo(states);
        assertThat(gateway.get("/v1/sessions/" + session).json().has("agent_states"))
                .as("the context has no states")
                .isFalse();
    }

    @Test
    void exportsAndImportsCallsOfToolsThatTheHistoryDoesNotShow() throws Exception {
        String id = ask("why?").text("request_id");
        ToolStep step = new ToolStep(null, List.of(new ToolStep.ToolUse("1", "search", "{}", "found")));
        PastTurn turn = new PastTurn(
                RequestId.parse(id),
                RequestStatus.COMPLETED,
                "why?",
                "So.",
                null,
                List.of(),
                Duration.ZERO,
                Instant.EPOCH,
                List.of(step));
        processor.redis().sync().lset(keys(session).history(), 0, Checksummed.seal(new WireFormat().writeValue(turn)));
        JsonNode exported = gateway.get("/v1/sessions/" + session + "/export").json();
        HttpReply imported = gateway.put("/v1/sessions/copy-" + session + "/import", exported.toString());
        assertThat(((ImportSession) commandOf(imported)).state().turns()).containsExactly(turn);
        JsonNode shown =
                gateway.get("/v1/sessions/" + session + "/turns").json().at("/turns/0");
        assertThat(shown.path("answer").asString()).isEqualTo("So.");
        assertThat(shown.has("tool_steps")).isFalse();
    }

    @Test
    void rejectsStatesOfAgentsThatAreTooLargeOrInvalid() throws Exception {
        ask("why?");
        Map<String, Object> document = JSON.convertValue(
                gateway.get("/v1/sessions/" + session + "/export").json(), new TypeReference<>() {});
        String path = "/v1/sessions/new-" + session + "/import";
        Map<String, Object> half = Map.of("a", "x".repeat(AgentStates.MAX_BYTES / 2));
        child(document.get("session")).put("agent_states", Map.of("echo", half, "other", half));
        assertThat(gateway.put(path, withChecksum(document)).text("code")).isEqualTo("state_too_large");
        for (Object invalid : List.of("none", Map.of("echo", "none"), Map.of("echo", List.of()))) {
            child(document.get("session")).put("agent_states", invalid);
            assertThat(gateway.put(path, withChecksum(document)).text("code")).isEqualTo("invalid_request");
        }
        child(document.get("session")).remove("agent_states");
        assertThat(gateway.put(path, withChecksum(document)).status())
                .as("a document of an older version")
                .isEqualTo(202);
    }

    @Test
    void rejectsTooLargeSessions() {
        HttpReply rejected = gateway.put("/v1/sessions/" + session + "/import", "\"" + "x".repeat(4 << 20) + "\"");
        assertThat(rejected.status()).isEqualTo(413);
        assertThat(rejected.text("code")).isEqualTo("request_too_large");
    }

    /** Stored turns are compressed, so that a history may have more JSON than one import accepts. */
    @Test
    void exportsNoMoreThanAnImportAccepts() {
        String id = ask("why?").text("request_id");
        for (int i = 0; i < 4; i++) {
            PastTurn large = new PastTurn(
                    RequestId.parse(id.substring(0, 35) + "abcd".charAt(i)),
                    RequestStatus.COMPLETED,
                    "?",
                    "\u0001".repeat(150_000), // six bytes of JSON each
                    null,
                    List.of(),
                    Duration.ZERO,
                    Instant.EPOCH);
            processor
                    .redis()
                    .sync()
                    .rpush(keys(session).history(), Checksummed.seal(new WireFormat().writeValue(large)));
        }
        HttpReply exported = gateway.get("/v1/sessions/" + session + "/export");
        assertThat(exported.json().path("turns")).hasSize(3);
        assertThat(exported.json().path("omitted").asInt()).isEqualTo(2);
        assertThat(gateway.put(
                                "/v1/sessions/" + session + "/import",
                                exported.response().body())
                        .status())
                .isEqualTo(202);
    }

    @Test
    void reportsDamagedTurnsInAnExport() {
        ask("why?");
        processor.redis().sync().rpush(keys(session).history(), new byte[] {1, 2, 3, 4, 5, 6});
        HttpReply exported = gateway.get("/v1/sessions/" + session + "/export");
        assertThat(exported.json().path("damaged").asInt()).isEqualTo(1);
        assertThat(exported.json().path("turns")).hasSize(1);
        assertThat(gateway.put(
                                "/v1/sessions/" + session + "/import",
                                exported.response().body())
                        .status())
                .isEqualTo(202);
    }

    private HttpReply ask(String question) {
        HttpReply done = gateway.post(
                "/v1/sessions/" + session + "/requests",
                JSON.writeValueAsString(Map.of("question", question)),
                "Prefer",
                "wait=30");
        assertThat(done.status()).isEqualTo(200);
        return done;
    }

    private static io.turnlane.model.SessionCommand commandOf(HttpReply accepted) throws InterruptedException {
        ReceivedTurn turn = processor.nextTurn();
        while (!turn.command.requestId().toString().equals(accepted.text("request_id"))) {
            turn = processor.nextTurn();
        }
        return turn.command;
    }

    private static MemoryKeys keys(String session) {
        return new MemoryKeys(SessionKey.of(null, new SessionId(session)));
    }
}
