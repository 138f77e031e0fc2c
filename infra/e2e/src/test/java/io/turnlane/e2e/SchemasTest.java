package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.e2e.Client.ClientReply;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.ToolOutcome;
import io.turnlane.model.ToolStep;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Compares what the running system sends with the documentation, in both directions. */
class SchemasTest {

    private static final PromptedAgent AGENT = new PromptedAgent();
    private static final ContractSchemas SCHEMAS = new ContractSchemas();
    private static final String SESSION = "every-kind";

    private static RunningTurnlane turnlane;
    private static Client client;

    @BeforeAll
    static void produceEveryType() {
        turnlane = RunningTurnlane.start(1, List.of(AGENT));
        client = new Client(turnlane.address());
        everyEvent();
        everyCommand();
    }

    @AfterAll
    static void stop() {
        AGENT.completeAll();
        client.close();
        turnlane.close();
    }

    /** Asks questions whose turns have, together, every type of event. */
    private static void everyEvent() {
        AGENT.script("rich")
                .stage("thinking")
                .delta("one ")
                .artifact(Map.of("kind", "table"))
                .toolCall("search", ToolOutcome.FAILED)
                .fail();
        AGENT.script("rich")
                .toolCall("search", ToolOutcome.COMPLETED)
                .keep(new ToolStep("Hm.", List.of(new ToolStep.ToolUse("1", "search", "{}", "found"))))
                .delta("two")
                .artifact(Map.of("kind", "table"))
                .complete(0.9);
        AGENT.script("given up").failPermanently(ErrorCode.AGENT_ERROR, "The model is unavailable.");
        AGENT.script("running").delta("busy");
        ask("rich", "enqueue");
        ask("given up", "enqueue");
        ClientReply running = ask("running", "enqueue");
        Eventually.holds(() -> assertThat(AGENT.script("running").attempts()).isOne());
        ask("merged", "enqueue");
        ask("merges", "coalesce");
        ask("rejected question", "reject");
        Eventually.holds(() -> assertThat(types(turnlane.topics().events())).contains("rejected", "superseded"));
        assertThat(client.post(running.header("Location") + "/cancel", Map.of()).status())
                .isEqualTo(202);
        Eventually.holds(() -> assertThat(types(turnlane.topics().events())).contains("cancelled", "retrying"));
    }

    private static ClientReply ask(String question, String policy) {
        return client.post(
                "/v1/sessions/" + SESSION + "/requests",
                Map.of("question", question, "agent", "prompted", "policy", policy));
    }

    private static Set<String> types(String topic) {
        Set<String> types = new TreeSet<>();
        TopicRecords.of(topic).records().forEach(record -> types.add(TopicRecords.type(record)));
        return types;
    }

    private static void everyCommand() {
        ClientReply turn = client.askAndWait("edited", "hello", Map.of());
        String session = "/v1/sessions/edited";
        ClientReply state = client.get(session + "/export");
        ClientReply fork = client.post(session + "/fork", Map.of("after_request_id", turn.text("request_id")));
        assertThat(fork.status()).as(fork.raw().body()).isEqualTo(202);
        assertThat(client.send("PATCH", session, Map.of("metadata", Map.of("a", 1)))
                        .status())
                .isEqualTo(202);
        assertThat(client.send("PUT", session + "/import", state.json()).status())
                .isEqualTo(202);
        assertThat(client.delete(session).status()).isEqualTo(202);
        Eventually.holds(() -> assertThat(types(turnlane.topics().turns())).contains("import_session"));
    }

    @Test
    void everyRecordOnTheTurnsTopicIsADocumentedCommand() {
        Set<String> types = checkEach(turnlane.topics().turns(), "commandHeaders", record -> {
            String type = TopicRecords.type(record);
            return SCHEMAS.violations(ContractSchemas.COMMAND + "#/$defs/" + type, TopicRecords.value(record));
        });

        types.addAll(
                Set.of("rebuild_session", "session_state")); // sent only by the command line; part of other commands
        assertThat(types).isEqualTo(ContractSchemas.definitions(ContractSchemas.COMMAND));
    }

    @Test
    void everyRecordOnTheEventsTopicIsADocumentedEvent() {
        Set<String> types = checkEach(
                turnlane.topics().events(),
                "eventHeaders",
                record -> SCHEMAS.violations(ContractSchemas.EVENT, TopicRecords.value(record)));

        assertThat(types).isEqualTo(ContractSchemas.alternatives(ContractSchemas.EVENT));
    }

    @Test
    void everyRecordOnTheControlTopicIsAWakeUp() {
        assertThat(checkEach(
                        turnlane.topics().control(),
                        "wakeUpHeaders",
                        record -> SCHEMAS.violations("schemas/wake-up.json", TopicRecords.value(record))))
                .containsExactly("cancel");
    }

    @Test
    void everyRecordOnTheDeliveriesTopicIsABatchOfDeliveries() {
        AGENT.script("delivered").complete();
        client.post(
                "/v1/sessions/" + SESSION + "/requests",
                Map.of("question", "delivered", "agent", "prompted"),
                "Prefer",
                "wait=20");
        Eventually.holds(
                () -> assertThat(TopicRecords.of(turnlane.topics().deliveries()).records())
                        .isNotEmpty());

        for (ConsumerRecord<String, String> record :
                TopicRecords.of(turnlane.topics().deliveries()).records()) {
            assertThat(SCHEMAS.violations("schemas/delivery-batch.json", TopicRecords.value(record)))
                    .isEmpty();
            assertThat(TopicRecords.headers(record).propertyNames()).containsExactly("schema-version");
        }
    }

    @Test
    void aQuarantinedTurnHasDocumentedHeaders() {
        List<ConsumerRecord<String, String>> records =
                TopicRecords.of(turnlane.topics().quarantine()).records();

        assertThat(records).hasSize(1);
        JsonNode headers = TopicRecords.headers(records.getFirst());
        Set<String> documented = new HashSet<>();
        for (String part : List.of("quarantineHeaders", "commandHeaders")) {
            JsonNode schema = ContractSchemas.read(ContractSchemas.ASYNC_API).at("/components/schemas/" + part);
            documented.addAll(schema.path("properties").propertyNames());
        }
        assertThat(documented).containsAll(headers.propertyNames());
        ContractSchemas.read(ContractSchemas.ASYNC_API)
                .at("/components/schemas/quarantineHeaders/required")
                .forEach(name -> assertThat(headers.has(name.asString()))
                        .as(name.asString())
                        .isTrue());
    }

    @Test
    void everyFrameOfASocketIsDocumented() throws InterruptedException {
        AGENT.script("over the socket").delta("hello").complete();
        try (SocketClient socket = new SocketClient(turnlane.address())) {
            socket.send("{\"type\":\"ask\",\"ref\":\"1\",\"session_id\":\"talk\",\"question\":\"over the socket\","
                    + "\"agent\":\"prompted\"}");
            JsonNode accepted = socket.await("accepted");
            JsonNode end = socket.await("completed");
            socket.send("{\"type\":\"unsubscribe\",\"session_id\":\"talk\"}");
            socket.send("{\"type\":\"subscribe\",\"ref\":\"2\",\"session_id\":\"talk\",\"after\":\"%s\"}"
                    .formatted(end.path("cursor").asString()));
            socket.send("{\"type\":\"cancel\",\"ref\":\"3\",\"session_id\":\"talk\",\"request_id\":\"%s\"}"
                    .formatted(accepted.path("request_id").asString()));
            socket.send("{\"type\":\"subscribe\",\"ref\":\"4\",\"session_id\":\"talk\",\"after\":\"garbage\"}");
            socket.await("error");
            socket.send("{\"type\":\"ping\"}").await("pong");

            socket.send("{\"type\":\"subscribe\",\"session_id\":\"talk\"}").await("subscribed");

            assertThat(typesOf(ContractSchemas.SOCKET_CLIENT, socket.sent()))
                    .isEqualTo(ContractSchemas.alternatives(ContractSchemas.SOCKET_CLIENT));
            Set<String> received = typesOf(ContractSchemas.SOCKET_SERVER, socket.received());
            received.add("cursor"); // sent only to sessions that have had no event for long
            assertThat(received).isEqualTo(ContractSchemas.alternatives(ContractSchemas.SOCKET_SERVER));
        }
    }

    private static Set<String> typesOf(String schema, List<JsonNode> frames) {
        Set<String> types = new TreeSet<>();
        List<String> violations = new ArrayList<>();
        for (JsonNode frame : frames) {
            types.add(frame.path("type").asString());
            violations.addAll(SCHEMAS.violations(schema, frame));
        }
        assertThat(violations).isEmpty();
        return types;
    }

    @Test
    void everyResourceIsDocumented() {
        ClientReply session = client.post("/v1/sessions", Map.of());
        String path = "/v1/sessions/" + session.text("session_id") + "/requests";
        AGENT.script("resource").delta("r").complete(0.5);
        ClientReply done = client.post(path, Map.of("question", "resource", "agent", "prompted"), "Prefer", "wait=20");

        assertThat(violations("schemas/request.json", done)).isEmpty();
        assertThat(violations("schemas/problem.json", client.get("/v1/sessions/nobody-knows")))
                .isEmpty();
    }

    @Test
    void everyReferenceOfTheAsyncApiResolves() {
        JsonNode document = ContractSchemas.read(ContractSchemas.ASYNC_API);

        List<JsonNode> references = document.findValues("$ref");
        assertThat(references).hasSizeGreaterThan(20);
        for (JsonNode reference : references) {
            String to = reference.asString();
            int hash = to.indexOf('#');
            JsonNode file = hash == 0 ? document : ContractSchemas.read(hash < 0 ? to : to.substring(0, hash));
            assertThat(hash < 0 ? file : file.at(to.substring(hash + 1))).as(to).isNotEmpty();
        }
        assertThat(document.path("channels").findValuesAsString("address"))
                .containsExactlyInAnyOrder(
                        "/v1/ws",
                        "turnlane.agents",
                        "turnlane.turns",
                        "turnlane.events",
                        "turnlane.control",
                        "turnlane.deliveries",
                        "turnlane.quarantine",
                        "turnlane.keys");
    }

    private static List<String> violations(String schema, ClientReply reply) {
        return SCHEMAS.violations(schema, Client.JSON.valueToTree(reply.json()));
    }

    private interface Check {
        List<String> violations(ConsumerRecord<String, String> record);
    }

    /** Checks the values and headers of a topic's records, and returns their types. */
    private static Set<String> checkEach(String topic, String headers, Check check) {
        Set<String> types = new TreeSet<>();
        List<String> violations = new ArrayList<>();
        for (ConsumerRecord<String, String> record : TopicRecords.of(topic).records()) {
            types.add(TopicRecords.type(record));
            violations.addAll(check.violations(record));
            violations.addAll(SCHEMAS.violations(
                    ContractSchemas.ASYNC_API + "#/components/schemas/" + headers, TopicRecords.headers(record)));
        }
        assertThat(violations).isEmpty();
        return types;
    }
}
