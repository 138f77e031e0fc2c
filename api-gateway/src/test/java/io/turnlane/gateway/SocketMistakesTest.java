package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Errors of WebSocket clients, and how the gateway reports them: in the handshake, by a frame or by a close code. */
@Timeout(60)
class SocketMistakesTest {

    private static TestGateway gateway;
    private static TestProcessor processor;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("turnlane.gateway.sockets.max-sessions=3");
        processor = new TestProcessor(gateway);
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
    }

    @BeforeEach
    void answering() {
        processor.withScript(turn -> turn.answer("You said: " + turn.ask.question()));
    }

    private static TestSocket open() {
        return TestSocket.open(gateway, new String[0]);
    }

    @Test
    void closesWith1003OnABinaryFrame() {
        try (TestSocket client = open()) {
            client.sendBinary(new byte[] {1, 2, 3});
            assertThat(client.closeStatus()).isEqualTo(1003);
            assertThat(client.closeReason()).isNotBlank();
        }
    }

    @Test
    void acceptsAFrameOf64KiBInPieces() throws Exception {
        try (TestSocket client = open()) {
            String question = "ü\uD83D\uDE80".repeat(5_000);
            String frame = "{'type':'ask','ref':'1','session_id':'ws-large','question':'%s'}".formatted(question);
            int bytes = frame.getBytes(StandardCharsets.UTF_8).length;
            client.send(" ".repeat(64 * 1024 - bytes) + frame);
            assertThat(client.nextFrame().path("type").asString()).isEqualTo("accepted");
            client.nextFrame();
            assertThat(client.nextFrame().path("event").path("text").asString()).isEqualTo("You said: " + question);
            client.send(" ".repeat(64 * 1024 - bytes + 1) + frame);
            assertThat(client.closeStatus()).isEqualTo(1009);
        }
    }

    @Test
    void reportsEveryErrorAsAProblemWithItsRef() throws Exception {
        try (TestSocket client = open()) {
            expectProblem(client.send("{'type':'sing','ref':'a'}"), "a", "invalid_request");
            expectProblem(
                    client.send("{'type':'ask','ref':'b','question':'?','policy':'jump'}"), "b", "invalid_request");
            expectProblem(
                    client.send("{'type':'ask','ref':'c','session_id':'no/slash','question':'?'}"),
                    "c",
                    "invalid_request");
            expectProblem(client.send("{'type':'ask','ref':'d','session_id':'s'}"), "d", "invalid_request");
            expectProblem(client.send("{'type':'subscribe','ref':'e','session_id':'nobody-knows'}"), "e", "not_found");
            expectProblem(
                    client.send("{'type':'subscribe','ref':'f','session_id':'s','after':'x'}"), "f", "invalid_request");
            expectProblem(client.send("{'type':'unsubscribe','ref':'g'}"), "g", "invalid_request");
            expectProblem(
                    client.send("{'type':'ask','ref':'h','question':'%s'}".formatted("x".repeat(33 * 1024))),
                    "h",
                    "question_too_large");
            expectProblem(
                    client.send(
                            "{'type':'cancel','ref':'i','session_id':'s','request_id':'0192f1de-7a3c-7000-8000-000000000001'}"),
                    "i",
                    "not_found");
            expectProblem(client.send("{'type':'cancel','ref':'j','session_id':'s'}"), "j", "invalid_request");
            client.send("nonsense");
            assertThat(client.nextFrame().path("problem").path("code").asString())
                    .isEqualTo("invalid_request");
        }
    }

    private static void expectProblem(TestSocket client, String ref, String code) throws InterruptedException {
        JsonNode frame = client.nextFrame();
        assertThat(frame.path("type").asString()).isEqualTo("error");
        assertThat(frame.path("ref").asString()).isEqualTo(ref);
        assertThat(frame.path("problem").path("code").asString())
                .as("ref %s", ref)
                .isEqualTo(code);
    }

    @Test
    void limitsTheNumberOfFollowedSessions() throws Exception {
        processor.withScript(TestProcessor.MANUAL);
        try (TestSocket client = open()) {
            for (int i = 0; i < 3; i++) {
                client.send("{'type':'ask','session_id':'ws-many-%d','question':'?'}".formatted(i));
                assertThat(client.nextFrame().path("type").asString()).isEqualTo("accepted");
            }
            expectProblem(
                    client.send("{'type':'ask','ref':'4','session_id':'ws-many-4','question':'?'}"),
                    "4",
                    "invalid_request");
        }
    }

    @Test
    void closesWith1009OnAFrameOver64KiB() {
        try (TestSocket client = open()) {
            client.send("x".repeat(64 * 1024 + 1));
            assertThat(client.closeStatus()).isEqualTo(1009);
            assertThat(client.closeReason()).isEqualTo("a frame exceeds 65536 bytes");
        }
    }

    @Test
    void closesWith1008AfterManyInvalidFrames() {
        try (TestSocket client = open()) {
            for (int i = 0; i < 30; i++) {
                try {
                    client.send("nonsense");
                } catch (RuntimeException closedMeanwhile) {
                    break;
                }
            }
            assertThat(client.closeStatus()).isEqualTo(1008);
        }
    }

    @Test
    void rejectsAPageOfAnotherOrigin() throws Exception {
        assertThat(handshake("Origin: https://evil.example", "Sec-WebSocket-Protocol: turnlane.v1"))
                .startsWith("HTTP/1.1 403")
                .contains("application/problem+json", "\"code\":\"forbidden\"");
        assertThat(handshake("Origin: http://127.0.0.1:" + gateway.port(), "Sec-WebSocket-Protocol: turnlane.v1"))
                .startsWith("HTTP/1.1 101");
    }

    @Test
    void requiresItsSubprotocolAndNeverCompresses() throws Exception {
        assertThat(handshake("Sec-WebSocket-Protocol: other"))
                .startsWith("HTTP/1.1 400")
                .contains("turnlane.v1");
        assertThat(handshake("Sec-WebSocket-Protocol: turnlane.v1", "Sec-WebSocket-Extensions: permessage-deflate"))
                .startsWith("HTTP/1.1 101")
                .doesNotContain("permessage-deflate");
    }

    @Test
    void answersAPlainCallWithAProblem() {
        assertThat(gateway.get("/v1/ws").status()).isEqualTo(400);
        assertThat(gateway.get("/v1/ws").text("code")).isEqualTo("invalid_request");
        assertThat(gateway.post("/v1/ws", "{}").status()).isEqualTo(405);
    }

    private static String handshake(String... headers) throws Exception {
        try (Socket socket = TestSocket.raw(gateway, headers)) {
            byte[] head = new byte[2048];
            int read = socket.getInputStream().read(head);
            return new String(head, 0, read, StandardCharsets.UTF_8);
        }
    }
}
