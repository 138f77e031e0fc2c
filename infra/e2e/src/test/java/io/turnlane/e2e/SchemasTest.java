package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.e2e.Client.ClientReply;
import io.turnlane.model.ErrorCode;
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

/** What the running system sends is what the documents say, and what the documents say is sent. */
class SchemasTest {

    private static final PromptedAgent AGENT = new PromptedAgent();
    private static final ContractSchemas SCHEMAS = new ContractSchemas();
    private static final String SESSION = "every-kind";

    private static RunningTurnlane turnlane;
    private static Client client;

    @BeforeAll
    static void sayEverything() {
        turnlane = RunningTurnlane.start(1, List.of(AGENT));
        client = new Client(turnlane.address());
        everyEvent();
        everyCommand();
    }

    @AfterAll
    static void stop() {
        AGENT.letGo();
        client.close();
        turnlane.close();
    }

    /** Turns that among them are told every type of event. */
    private static void everyEvent() {
        AGENT.part("rich")
                .stage("thinking")
                .says("one ")
                .shows(Map.of("kind", "table"))
                .breaks();
        AGENT.part("rich").says("two").shows(Map.of("kind", "table")).ends(0.9);
        AGENT.part("given up").givesUp(ErrorCode.AGENT_ERROR, "The model is away.");
        AGENT.part("in the way").says("busy");
        ask("rich", "enqueue");
        ask("given up", "enqueue");
        ClientReply inTheWay = ask("in the way", "enqueue");
        Eventually.holds(() -> assertThat(AGENT.part("in the way").plays()).isOne());
        ask("merged", "enqueue");
        ask("merges", "coalesce");
        ask("unwanted", "reject");
        Eventually.holds(() -> assertThat(types(turnlane.topics().events())).contains("rejected", "superseded"));
        assertThat(client.post(inTheWay.header("Location") + "/cancel", Map.of())
                        .status())
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
        TopicRecords.of(topic).records().forEach(read -> types.add(TopicRecords.type(read)));
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
        Set<String> types = checkEach(turnlane.topics().turns(), "commandHeaders", read -> {
            String type = TopicRecords.type(read);
            return SCHEMAS.violations(ContractSchemas.COMMAND + "#/$defs/" + type, TopicRecords.value(read));
        });

        types.addAll(Set.of("rebuild_session", "session_state")); // a command line's, and a part of others
        assertThat(types).isEqualTo(ContractSchemas.definitions(ContractSchemas.COMMAND));
    }

    @Test
    void everyRecordOnTheEventsTopicIsADocumentedEvent() {
        Set<String> types = checkEach(
                turnlane.topics().events(),
                "eventHeaders",
                read -> SCHEMAS.violations(ContractSchemas.EVENT, TopicRecords.value(read)));

        assertThat(types).isEqualTo(ContractSchemas.alternatives(ContractSchemas.EVENT));
    }

    @Test
    void everyRecordOnTheControlTopicIsAWakeUp() {
        assertThat(checkEach(
                        turnlane.topics().control(),
                        "wakeUpHeaders",
                        read -> SCHEMAS.violations("schemas/wake-up.json", TopicRecords.value(read))))
                .containsExactly("cancel");
    }

    @Test
    void aQuarantinedTurnSaysWhyInDocumentedHeaders() {
        List<ConsumerRecord<String, String>> records =
                TopicRecords.of(turnlane.topics().quarantine()).records();

        assertThat(records).hasSize(1);
        JsonNode said = TopicRecords.headers(records.getFirst());
        Set<String> documented = new HashSet<>();
        for (String part : List.of("quarantineHeaders", "commandHeaders")) {
            JsonNode schema = ContractSchemas.read(ContractSchemas.ASYNC_API).at("/components/schemas/" + part);
            documented.addAll(schema.path("properties").propertyNames());
        }
        assertThat(documented).containsAll(said.propertyNames());
        ContractSchemas.read(ContractSchemas.ASYNC_API)
                .at("/components/schemas/quarantineHeaders/required")
                .forEach(name -> assertThat(said.has(name.asString()))
                        .as(name.asString())
                        .isTrue());
    }

    @Test
    void everyFrameOfASocketIsDocumented() throws InterruptedException {
        AGENT.part("over the socket").says("hello").ends();
        try (SocketTalk talk = new SocketTalk(turnlane.address())) {
            talk.say("{\"type\":\"ask\",\"ref\":\"1\",\"session_id\":\"talk\",\"question\":\"over the socket\","
                    + "\"agent\":\"prompted\"}");
            JsonNode accepted = talk.hear("accepted");
            JsonNode end = talk.hear("completed");
            talk.say("{\"type\":\"unsubscribe\",\"session_id\":\"talk\"}");
            talk.say("{\"type\":\"subscribe\",\"ref\":\"2\",\"session_id\":\"talk\",\"after\":\"%s\"}"
                    .formatted(end.path("cursor").asString()));
            talk.say("{\"type\":\"cancel\",\"ref\":\"3\",\"session_id\":\"talk\",\"request_id\":\"%s\"}"
                    .formatted(accepted.path("request_id").asString()));
            talk.say("{\"type\":\"subscribe\",\"ref\":\"4\",\"session_id\":\"talk\",\"after\":\"garbage\"}");
            talk.hear("error");
            talk.say("{\"type\":\"ping\"}").hear("pong");

            talk.say("{\"type\":\"subscribe\",\"session_id\":\"talk\"}").hear("subscribed");

            assertThat(typesOf(ContractSchemas.SOCKET_CLIENT, talk.said()))
                    .isEqualTo(ContractSchemas.alternatives(ContractSchemas.SOCKET_CLIENT));
            Set<String> heard = typesOf(ContractSchemas.SOCKET_SERVER, talk.heard());
            heard.add("cursor"); // comes where others' events pass by for long
            assertThat(heard).isEqualTo(ContractSchemas.alternatives(ContractSchemas.SOCKET_SERVER));
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
        AGENT.part("resource").says("r").ends(0.5);
        ClientReply done = client.post(path, Map.of("question", "resource", "agent", "prompted"), "Prefer", "wait=20");

        assertThat(violations("schemas/request.json", done)).isEmpty();
        assertThat(violations("schemas/problem.json", client.get("/v1/sessions/nobody-knows")))
                .isEmpty();
    }

    @Test
    void everyReferenceOfTheAsyncApiLeadsSomewhere() {
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
                        "turnlane.turns",
                        "turnlane.events",
                        "turnlane.control",
                        "turnlane.quarantine",
                        "turnlane.keys");
    }

    private static List<String> violations(String schema, ClientReply reply) {
        return SCHEMAS.violations(schema, Client.JSON.valueToTree(reply.json()));
    }

    private interface Check {
        List<String> violations(ConsumerRecord<String, String> read);
    }

    /** Checks values and headers of a topic; the types that were seen. */
    private static Set<String> checkEach(String topic, String headers, Check check) {
        Set<String> types = new TreeSet<>();
        List<String> violations = new ArrayList<>();
        for (ConsumerRecord<String, String> read : TopicRecords.of(topic).records()) {
            types.add(TopicRecords.type(read));
            violations.addAll(check.violations(read));
            violations.addAll(SCHEMAS.violations(
                    ContractSchemas.ASYNC_API + "#/components/schemas/" + headers, TopicRecords.headers(read)));
        }
        assertThat(violations).isEmpty();
        return types;
    }
}
