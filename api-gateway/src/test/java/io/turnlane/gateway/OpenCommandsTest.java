package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of a session's open commands. A session can have three open turns and commands of 4 KiB. */
@Timeout(60)
class OpenCommandsTest {

    private static final int EXTRA_DELETIONS = 20;

    private static TestGateway gateway;
    private static TestProcessor processor;

    private final String session = "s-" + UUID.randomUUID();
    private String document;
    private RequestId answered;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("turnlane.gateway.asks.max-open=3", "turnlane.gateway.sessions.max-open-bytes=4KB");
        processor = new TestProcessor(gateway);
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
    }

    /** Answers one question, so that the session exists and has a turn that a fork can copy. */
    @BeforeEach
    void answerOne() {
        processor.withScript(turn -> turn.answer("Because."));
        HttpReply asked = gateway.post(path("/requests"), "{\"question\":\"why?\"}", "Prefer", "wait=20");
        answered = RequestId.parse(asked.text("request_id"));
        document = gateway.get(path("/export")).response().body();
        processor.withScript(TestProcessor.MANUAL);
    }

    private MemoryKeys keys() {
        return new MemoryKeys(SessionKey.of(null, new SessionId(session)));
    }

    private String path(String rest) {
        return "/v1/sessions/" + session + rest;
    }

    private HttpReply call(String kind) {
        return switch (kind) {
            case "ask" -> gateway.ask(session, "?");
            case "update" -> gateway.patch(path(""), "{\"ttl_seconds\":60}");
            case "import" -> gateway.put(path("/import"), document);
            case "fork" -> gateway.post(path("/fork"), "{\"after_request_id\":\"" + answered + "\"}");
            case "delete" -> gateway.delete(path(""));
            default -> throw new IllegalArgumentException(kind);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"update", "import", "fork"})
    void countsEveryCommandAsAnOpenTurnOfItsSession(String kind) {
        for (int i = 0; i < 3; i++) {
            assertThat(call(kind).status()).isEqualTo(202);
        }
        for (String rejected : new String[] {"ask", "update", "import", "fork"}) {
            HttpReply reply = call(rejected);
            assertThat(reply.status()).as(rejected).isEqualTo(429);
            assertThat(reply.text("code")).as(rejected).isEqualTo("session_queue_full");
            assertThat(reply.header("Retry-After")).as(rejected).isNotNull();
        }
        assertThat(gateway.get(path("")).json().path("open_requests").asInt()).isEqualTo(3);
    }

    @Test
    void acceptsADeletionAtTheLimitButNotAnyNumber() {
        for (int i = 0; i < 3; i++) {
            assertThat(call("ask").status()).isEqualTo(202);
        }
        HttpReply deleted = call("delete");
        assertThat(deleted.status()).isEqualTo(202);
        assertThat(processor.redis().sync().zcard(keys().openRequestIds()))
                .as("the deletion counts, too")
                .isEqualTo(4);
        assertThat(gateway.get(deleted.header("Location")).text("type")).isEqualTo("delete_session");
        int accepted = 1;
        while (accepted <= EXTRA_DELETIONS && call("delete").status() == 202) {
            accepted++;
        }
        assertThat(accepted).isBetween(1, EXTRA_DELETIONS);
    }

    @Test
    void boundsTheBytesOfASessionsOpenCommands() {
        String large = gateway.post("/v1/sessions", "{\"metadata\":{\"a\":\"" + "x".repeat(3000) + "\"}}")
                .text("session_id");
        HttpReply reply = gateway.patch("/v1/sessions/" + large, "{\"metadata\":{\"b\":\"" + "y".repeat(900) + "\"}}");
        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.text("code")).isEqualTo("session_queue_full");
        assertThat(reply.text("detail")).contains("4096 bytes");
        assertThat(gateway.patch("/v1/sessions/" + large, "{\"ttl_seconds\":60}")
                        .status())
                .as("a small command")
                .isEqualTo(202);
        assertThat(gateway.delete("/v1/sessions/" + large).status()).isEqualTo(202);
    }

    /** The history that a fork copies counts, although the call itself is short. */
    @Test
    void countsTheHistoryThatAForkCopies() {
        processor.withScript(turn -> turn.answer("x".repeat(3000)));
        gateway.post(path("/requests"), "{\"question\":\"more?\"}", "Prefer", "wait=20");
        processor.withScript(TestProcessor.MANUAL);
        assertThat(call("fork").status()).isEqualTo(202);
        HttpReply second = call("fork");
        assertThat(second.status()).isEqualTo(429);
        assertThat(second.text("detail")).contains("bytes");
    }

    @Test
    void acceptsACommandAgainWhenOneHasEnded() {
        HttpReply first = call("update");
        call("update");
        call("update");
        assertThat(call("update").status()).isEqualTo(429);
        processor
                .redis()
                .sync()
                .zrem(keys().openRequestIds(), first.text("request_id").getBytes(StandardCharsets.UTF_8));
        assertThat(call("update").status()).isEqualTo(202);
    }
}
