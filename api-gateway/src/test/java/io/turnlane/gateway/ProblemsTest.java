package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.TestGateway.HttpReply;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every failed call gets a problem that names the error and reveals no internals. */
@Timeout(60)
class ProblemsTest {

    private static final String ASK = "/v1/sessions/s/requests";
    private static final String RID = "0192f1de-7a3c-7000-8000-000000000001";

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    static Stream<Arguments> badBodies() {
        return Stream.of(
                bad("", 400, "invalid_request", "body"),
                bad("nonsense", 400, "invalid_request", "JSON"),
                bad("{\"question\":\"?\"", 400, "invalid_request", "JSON"),
                bad("{\"question\":\"?\"} trailing", 400, "invalid_request", ""),
                bad("[]", 400, "invalid_request", "object"),
                bad("\"text\"", 400, "invalid_request", "object"),
                bad("null", 400, "invalid_request", ""),
                bad("{}", 400, "invalid_request", "question"),
                bad("{\"question\":null}", 400, "invalid_request", "question"),
                bad("{\"question\":\"  \"}", 400, "invalid_request", "question"),
                bad("{\"question\":7}", 400, "invalid_request", "question"),
                bad("{\"question\":true}", 400, "invalid_request", "question"),
                bad("{\"question\":[\"?\"]}", 400, "invalid_request", "question"),
                bad("{\"question\":\"\\ud800\"}", 400, "invalid_request", ""),
                bad("{\"question\":\"?\",\"question\":\"!\"}", 400, "invalid_request", ""),
                bad("{\"question\":\"?\",\"agent\":\"No Such\"}", 400, "invalid_request", "agent"),
                bad("{\"question\":\"?\",\"agent\":7}", 400, "invalid_request", "agent"),
                bad("{\"question\":\"?\",\"metadata\":[]}", 400, "invalid_request", "metadata"),
                bad("{\"question\":\"?\",\"metadata\":\"x\"}", 400, "invalid_request", "metadata"),
                bad("{\"question\":\"?\",\"policy\":\"jump\"}", 400, "invalid_request", "policy"),
                bad("{\"question\":\"?\",\"deadline_seconds\":0}", 400, "invalid_request", "deadline_seconds"),
                bad("{\"question\":\"?\",\"deadline_seconds\":3601}", 400, "invalid_request", "deadline_seconds"),
                bad("{\"question\":\"?\",\"deadline_seconds\":\"soon\"}", 400, "invalid_request", "deadline_seconds"),
                bad("{\"question\":\"?\",\"priority\":\"urgent\"}", 400, "invalid_request", "priority"),
                bad("{\"question\":\"?\",\"callback_url\":\"http://x\"}", 400, "invalid_request", "callback_url"),
                bad("{\"question\":\"?\",\"user_id\":\"eve\"}", 400, "invalid_request", "user_id"),
                bad("{\"question\":\"" + "x".repeat(32 * 1024 + 1) + "\"}", 413, "question_too_large", "question"),
                bad("{\"question\":\"" + "é".repeat(16 * 1024 + 1) + "\"}", 413, "question_too_large", "question"),
                bad(
                        "{\"question\":\"?\",\"metadata\":{\"a\":\"" + "x".repeat(4096) + "\"}}",
                        413,
                        "metadata_too_large",
                        "metadata"),
                bad("{\"question\":\"" + "x".repeat(300 * 1024) + "\"}", 413, "request_too_large", "bytes"),
                bad(
                        "{\"question\":\"?\",\"metadata\":" + "{\"a\":".repeat(2000) + "1" + "}".repeat(2000) + "}",
                        400,
                        "invalid_request",
                        ""));
    }

    private static Arguments bad(String body, int status, String code, String named) {
        return Arguments.of(body, status, code, named);
    }

    @ParameterizedTest
    @MethodSource("badBodies")
    void rejectsInvalidQuestionsWithAnExplanation(String body, int status, String code, String named) {
        for (String path : new String[] {ASK, "/v1/requests"}) {
            HttpReply reply = gateway.post(path, body);
            expect(reply, status, code);
            assertThat(reply.text("detail")).contains(named);
        }
    }

    @Test
    void acceptsTheLargestQuestionInEscapedForm() {
        assertThat(gateway.post(ASK, "{\"question\":\"" + "\\u00e9".repeat(16 * 1024) + "\"}")
                        .status())
                .isEqualTo(202);
    }

    @Test
    void limitsABodyWithoutContentLength() {
        byte[] large = new byte[1024 * 1024];
        java.util.Arrays.fill(large, (byte) ' ');
        HttpReply reply = gateway.send(gateway.request(ASK)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large))));
        expect(reply, 413, "request_too_large");
    }

    static Stream<Arguments> badCalls() {
        String request = "/v1/sessions/s/requests/" + RID;
        return Stream.of(
                Arguments.of("GET", "/nothing/here", 404, "not_found"),
                Arguments.of("GET", "/v1", 404, "not_found"),
                Arguments.of("GET", "/error", 404, "not_found"),
                Arguments.of("GET", "/v1/sessions/unknown", 404, "not_found"),
                Arguments.of("GET", "/v1/sessions/unknown/turns", 404, "not_found"),
                Arguments.of("GET", "/v1/sessions/unknown/events", 404, "not_found"),
                Arguments.of("DELETE", "/v1/sessions/unknown", 404, "not_found"),
                Arguments.of("GET", request, 404, "not_found"),
                Arguments.of("GET", request + "?wait=1", 404, "not_found"),
                Arguments.of("GET", request + "/events", 404, "not_found"),
                Arguments.of("GET", request + "/timeline", 404, "not_found"),
                Arguments.of("GET", request + "?wait=x", 400, "invalid_request"),
                Arguments.of("GET", request + "?wait=-1", 400, "invalid_request"),
                Arguments.of("GET", request + "/events?after=garbage", 400, "invalid_request"),
                Arguments.of("GET", "/v1/sessions/s/events?after=AAAA", 400, "invalid_request"),
                Arguments.of("GET", "/v1/sessions/s/requests/not-a-uuid", 400, "invalid_request"),
                Arguments.of("GET", "/v1/sessions/a%20b", 400, "invalid_request"),
                Arguments.of("GET", "/v1/sessions/" + "x".repeat(129), 400, "invalid_request"),
                Arguments.of("PUT", ASK, 405, "method_not_allowed"),
                Arguments.of("PUT", ASK, 405, "method_not_allowed"),
                Arguments.of("DELETE", "/ask", 405, "method_not_allowed"));
    }

    @ParameterizedTest
    @MethodSource("badCalls")
    void rejectsInvalidCalls(String method, String path, int status, String code) {
        expect(gateway.send(gateway.request(path).method(method, BodyPublishers.noBody())), status, code);
    }

    @Test
    void listsTheAllowedMethods() {
        assertThat(gateway.send(gateway.request("/ask").DELETE()).header("Allow"))
                .isEqualTo("POST");
    }

    @Test
    void rejectsOtherContentThanJson() {
        HttpReply text = gateway.send(
                gateway.request(ASK).header("Content-Type", "text/plain").POST(BodyPublishers.ofString("?")));
        expect(text, 415, "unsupported_media_type");
        HttpReply none = gateway.send(gateway.request(ASK).POST(BodyPublishers.ofString("{}")));
        expect(none, 415, "unsupported_media_type");
    }

    @Test
    void rejectsFormsWithoutReadingThem() {
        String form = "--b\r\nContent-Disposition: form-data; name=\"wait\"\r\n\r\n" + "x".repeat(1024 * 1024)
                + "\r\n--b--\r\n";
        for (String type : new String[] {
            "multipart/form-data", "multipart/form-data; boundary=b", "application/x-www-form-urlencoded"
        }) {
            HttpReply reply = gateway.send(
                    gateway.request(ASK).header("Content-Type", type).POST(BodyPublishers.ofString(form)));
            expect(reply, 415, "unsupported_media_type");
        }
    }

    @Test
    void rejectsUnsupportedResponseTypes() {
        expect(gateway.get("/v1/agents", "Accept", "image/png"), 406, "not_acceptable");
        expect(gateway.get("/v1/sessions/s/events", "Accept", "application/json"), 406, "not_acceptable");
    }

    @Test
    void returnsAProblemToAClientThatExpectsAStream() {
        expect(gateway.get("/v1/sessions/unknown/events", "Accept", "text/event-stream"), 404, "not_found");
    }

    @Test
    void returnsAProblemForRequestsThatTomcatRejects() throws Exception {
        for (String line :
                new String[] {"GET /a|b HTTP/1.1", "GET /%zz HTTP/1.1", "NONSENSE", "GET /..%2f..%2fetc HTTP/1.1"}) {
            try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
                socket.setSoTimeout(10_000);
                OutputStream out = socket.getOutputStream();
                out.write((line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.flush();
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(answer)
                        .as(line)
                        .startsWith("HTTP/1.1 400")
                        .contains("application/problem+json", "\"code\":\"invalid_request\"")
                        .doesNotContain("<html", "Exception", "at org.");
            }
        }
    }

    /** DNS rebinding: a page of evil.example, whose host name resolves to this machine. */
    @Test
    void rejectsForeignHostNames() throws Exception {
        for (String path : new String[] {"/v1/agents", "/v1/ws", "/"}) {
            assertThat(statusFor(path, "evil.example")).isEqualTo("403");
            assertThat(statusFor(path, "evil.example\r\nX-Forwarded-Host: localhost"))
                    .isEqualTo("403");
        }
        assertThat(statusFor("/v1/agents", "localhost:" + gateway.port())).isEqualTo("200");
        assertThat(statusFor("/v1/agents", "[::1]")).isEqualTo("200");
    }

    /** Sends a call over a plain socket, because HttpClient sets the Host header itself. */
    private static String statusFor(String path, String host) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
            socket.setSoTimeout(10_000);
            String call = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(call.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length());
        }
    }

    private static void expect(HttpReply reply, int status, String code) {
        String body = reply.response().body();
        assertThat(reply.status()).as(body).isEqualTo(status);
        assertThat(reply.header("Content-Type")).startsWith("application/problem+json");
        assertThat(reply.header("X-Request-Id")).isNotNull();
        assertThat(reply.text("code")).isEqualTo(code);
        assertThat(reply.text("type")).isEqualTo("urn:turnlane:problem:" + code);
        assertThat(reply.json().path("status").asInt()).isEqualTo(status);
        assertThat(reply.text("title")).isNotBlank();
        assertThat(body).doesNotContain("Exception", "tools.jackson", "io.turnlane", "springframework", "\"trace\"");
    }
}
