package io.turnlane.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Output and exit codes of {@code sessions} and {@code requests}, against a server that answers like a gateway. */
class ListCommandsTest {

    private static final String REQUEST = "0192f1de-7a3c-7000-8000-000000000001";

    private final PrintStream terminal = System.out;
    private final PrintStream errors = System.err;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream notes = new ByteArrayOutputStream();
    private final List<String> calls = new ArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(notes, true, StandardCharsets.UTF_8));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stop() {
        System.setOut(terminal);
        System.setErr(errors);
        server.stop(0);
    }

    private void serve(String path, int status, String json) {
        server.createContext(path, exchange -> {
            calls.add(exchange.getRequestURI().toString());
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private int run(String... arguments) {
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        return Turnlane.commandLine()
                .execute(Stream.concat(Stream.of(arguments), Stream.of("--url", url))
                        .toArray(String[]::new));
    }

    private List<String> lines() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static String requests(boolean complete) {
        return """
                {"requests": [{"request_id": "%s", "session_id": "s-1", "user_id": "alice", "namespace": "x", "type": null,
                 "status": "failed", "agent": "echo", "route": null, "code": "agent_error", "attempt": 3, "processor": "p",
                 "created_at": "2026-11-21T06:00:00.100Z", "started_at": "2026-11-21T06:00:00.600Z",
                 "finished_at": "2026-11-21T06:00:02.600Z"}], "complete": %s}""".formatted(REQUEST, complete);
    }

    @Test
    void printsRequestsInAlignedColumnsWithoutColours() {
        serve("/v1/ops/requests", 200, requests(true));
        assertThat(run("requests")).isZero();
        assertThat(lines())
                .containsExactly(
                        "CREATED (UTC)        STATUS  CODE         AGENT  USER   SESSION  TRIES  WAITED   RAN  REQUEST",
                        "2026-11-21 06:00:00  failed  agent_error  echo   alice  s-1          3   500ms  2.0s  "
                                + REQUEST);
    }

    @Test
    void passesAllFiltersToTheGateway() {
        serve("/v1/ops/requests", 200, requests(true));
        assertThat(run(
                        "requests",
                        "--user",
                        "a b",
                        "--session",
                        "s-1",
                        "--agent",
                        "echo",
                        "--status",
                        "failed,open",
                        "--code",
                        "poison",
                        "--since",
                        "2026-11-21T06:00:00Z",
                        "--until",
                        "1h",
                        "--limit",
                        "7"))
                .isZero();
        assertThat(calls.getFirst())
                .startsWith("/v1/ops/requests?user=a+b&session=s-1&agent=echo&from=2026-11-21T06%3A00%3A00Z&to=")
                .endsWith("Z&limit=7&status=failed%2Copen&code=poison");
        assertThat(run("requests", "--since", "yesterday")).isEqualTo(2);
    }

    @Test
    void printsOneJsonObjectPerLine() {
        serve("/v1/ops/requests", 200, requests(true));
        assertThat(run("requests", "--json")).isZero();
        assertThat(lines()).singleElement().asString().startsWith("{\"request_id\":\"" + REQUEST);
    }

    @Test
    void reportsAnIncompleteOrEmptyListAndARejection() {
        serve("/v1/ops/requests", 200, requests(false));
        assertThat(run("requests")).isZero();
        assertThat(notes.toString(StandardCharsets.UTF_8)).contains("may be incomplete");
        serve("/v1/ops/sessions", 200, "{\"sessions\": [], \"complete\": true}");
        printed.reset();
        assertThat(run("sessions")).isZero();
        assertThat(lines()).containsExactly("No session was found.");
        server.removeContext("/v1/ops/sessions");
        serve("/v1/ops/sessions", 403, "{\"detail\": \"no\", \"code\": \"forbidden\"}");
        assertThat(run("sessions")).isEqualTo(1);
    }

    @Test
    void printsSessions() {
        serve("/v1/ops/sessions", 200, """
                {"sessions": [{"session_id": "s-1", "user_id": null, "namespace": "-", "agent": "echo",
                 "created_at": "2026-11-21T06:00:00Z", "last_activity": "2026-11-21T07:00:00Z", "request_count": 12,
                 "open_requests": 2, "ttl_seconds": 60, "usage": {}}], "complete": true}""");
        assertThat(run("sessions")).isZero();
        assertThat(lines())
                .containsExactly(
                        "ACTIVE (UTC)         OPEN  TURNS  AGENT  USER  SESSION  CREATED (UTC)",
                        "2026-11-21 07:00:00     2     12  echo   -     s-1      2026-11-21 06:00:00");
    }
}
