package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.TestKeys.KeyedClient;
import io.turnlane.model.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The time limit for the arrival of a request. */
@Timeout(60)
class SlowRequestTest {

    private static final Duration LIMIT = Duration.ofMillis(500);
    private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)\r\nContent-Length: *(\\d+)\r\n");

    private static TestGateway gateway;
    private static TestProcessor processor;
    private static TestKeys keys;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(
                TestKeys.MODE,
                "turnlane.gateway.calls.receive-timeout=" + LIMIT.toMillis() + "ms",
                "turnlane.gateway.streams.heartbeat=100ms");
        processor = new TestProcessor(gateway);
        keys = new TestKeys(gateway);
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
    }

    private static Socket connect(String beginning) throws IOException {
        Socket socket = new Socket("127.0.0.1", gateway.port());
        send(socket, beginning);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    /** Reads a response to its end, so that the next one begins at its status line. Returns the head. */
    private static String readResponse(InputStream in) throws IOException {
        String head = readUntil(in, "\r\n\r\n");
        Matcher length = CONTENT_LENGTH.matcher(head);
        if (length.find()) {
            int bytes = Integer.parseInt(length.group(1));
            assertThat(in.readNBytes(bytes)).hasSize(bytes);
        } else {
            assertThat(head).containsIgnoringCase("Transfer-Encoding: chunked");
            readUntil(in, "0\r\n\r\n"); // the JSON of these responses contains no line break
        }
        return head;
    }

    private static String readUntil(InputStream in, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end, Math.max(0, text.length() - end.length())) < 0) {
            int next = in.read();
            assertThat(next).as("end of the connection after: " + text).isNotNegative();
            text.append((char) next);
        }
        return text.toString();
    }

    /** Sends a byte every 50 ms until the gateway closes the connection, and returns the time that passed. */
    private static Duration trickle(Socket socket, String next) throws IOException {
        long start = System.nanoTime();
        socket.setSoTimeout(50);
        InputStream in = socket.getInputStream();
        try {
            while (Duration.ofNanos(System.nanoTime() - start).compareTo(Duration.ofSeconds(8)) < 0) {
                send(socket, next);
                try {
                    if (in.read() < 0) {
                        break;
                    }
                } catch (SocketTimeoutException open) {
                    // The gateway has neither answered nor closed the connection.
                }
            }
        } catch (IOException closed) {
            // The connection was reset.
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static String post(String path, String key, String more) {
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + (key.isEmpty() ? "" : "Authorization: Bearer " + key + "\r\n") + more + "\r\n\r\n";
    }

    private static void closesInTime(String beginning, String next) throws IOException {
        try (Socket socket = connect(beginning)) {
            assertThat(trickle(socket, next)).as(beginning).isBetween(LIMIT.dividedBy(2), Duration.ofSeconds(4));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /livez", "GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Filler: "})
    void endsAConnectionWhoseHeadArrivesByteByByte(String beginning) throws Exception {
        closesInTime(beginning, "a");
    }

    /** HTTP allows blank lines before a request line. */
    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n\r\n"})
    void endsAConnectionThatReceivesBlankLines(String beginning) throws Exception {
        closesInTime(beginning, "\r\n");
    }

    @Test
    void keepsAConnectionWithABlankLineBeforeEachRequest() throws Exception {
        try (Socket socket = connect("")) {
            socket.setSoTimeout(5_000);
            for (int i = 0; i < 3; i++) {
                send(socket, "\r\n");
                send(socket, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(readResponse(socket.getInputStream())).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void endsAConnectionWhoseBodyArrivesByteByByte() throws Exception {
        String key = keys.newClient(gateway, "alice", Scope.ASK).key();
        closesInTime(post("/v1/requests", key, "Content-Length: 100000"), " ");
        closesInTime(post("/v1/requests", key, "Transfer-Encoding: chunked"), "1\r\n \r\n");
    }

    /** The gateway answers at once, and Tomcat then reads the rest of the body. */
    @Test
    void endsAConnectionWhoseBodyNobodyReads() throws Exception {
        closesInTime(post("/v1/requests", "", "Content-Length: 100000"), " ");
        closesInTime(post("/livez", "", "Transfer-Encoding: chunked"), "1\r\n \r\n");
    }

    @Test
    void keepsAConnectionWhoseRequestsArriveInTime() throws Exception {
        try (Socket socket = connect("")) {
            socket.setSoTimeout(5_000);
            long until = System.nanoTime() + LIMIT.multipliedBy(4).toNanos();
            while (System.nanoTime() < until) {
                send(socket, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(readResponse(socket.getInputStream())).startsWith("HTTP/1.1 200");
            }
        }
    }

    /** A client that has sent its request may wait longer than the limit for the response. */
    @Test
    void keepsAStreamThatIsOlderThanTheLimit() throws Exception {
        KeyedClient alice = keys.newClient(gateway, "alice", Scope.ASK, Scope.READ);
        String session = alice.post("/v1/sessions", "{}").text("session_id");
        try (SseClient stream = alice.stream("/v1/sessions/" + session + "/events")) {
            stream.onComment(count -> {
                if (count == 20) {
                    alice.ask(session, "asked after two seconds");
                }
            });
            assertThat(stream.next().type()).isEqualTo("started");
        }
    }
}
