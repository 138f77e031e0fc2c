package io.turnlane.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Calls, output and exit codes of {@code agents}, against a server that answers like a gateway. */
class AgentsCommandTest {

    private static final String REQUEST =
            "{\"request_id\": \"r\", \"session_id\": \"s\", \"agent\": \"v2\", \"route\": \"help\"}";

    private final PrintStream terminal = System.out;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final StringWriter errors = new StringWriter();
    private final List<String> calls = new ArrayList<>();
    private final List<String> bodies = new ArrayList<>();
    private HttpServer server;
    private int status = 200;
    private String removed = "";
    private String agents = "{\"name\": \"haiku\", \"description\": \"Answers in verse.\"}";

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/agents", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        System.setOut(terminal);
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        calls.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        byte[] json = (status == 200
                        ? "{\"agents\": [" + agents + "], \"removed\": [" + removed + "], \"name\": \"kimi\"}"
                        : "{\"code\": \"invalid_request\", \"detail\": \"model is required.\"}")
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, json.length);
        exchange.getResponseBody().write(json);
        exchange.close();
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(
                List.of("--gateway", "http://127.0.0.1:" + server.getAddress().getPort()));
        return Turnlane.commandLine().setErr(new PrintWriter(errors)).execute(all.toArray(String[]::new));
    }

    private void hasSent(String json) {
        assertThat(JsonMapper.shared().readTree(bodies.getLast()))
                .isEqualTo(JsonMapper.shared().readTree(json));
    }

    @Test
    void listsWithAndWithoutItsSubcommand() {
        assertThat(run("agents")).isZero();
        assertThat(run("agents", "list")).isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                .hasSize(2)
                .allMatch(line -> line.matches("haiku +Answers in verse\\."));
    }

    @Test
    void listsRemovedAgentsWithTheirSuccessors() {
        removed = "{\"name\": \"old\", \"successor\": \"haiku\"}, {\"name\": \"older\"}";
        assertThat(run("agents")).isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8).lines().skip(1))
                .containsExactly("old              removed, haiku takes over", "older            removed");
    }

    @Test
    void namesTheAgentThatARouteChoseForATest() {
        PrintStream terminalErrors = System.err;
        ByteArrayOutputStream notes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(notes, true, StandardCharsets.UTF_8));
        try {
            server.createContext("/v1/requests", exchange -> reply(exchange, "application/json", REQUEST));
            server.createContext("/v1/sessions/s/requests/r", exchange -> reply(exchange, "application/json", REQUEST));
            server.createContext(
                    "/v1/sessions/s/requests/r/events", exchange -> reply(exchange, "text/event-stream", """
                    id: 1
                    event: completed
                    data: {"type": "completed", "attempt": 1, "seq": 1, "answer": {"text": "Hello"}}

                    """));
            assertThat(run("agents", "test", "help")).isZero();
        } finally {
            System.setErr(terminalErrors);
        }
        assertThat(notes.toString(StandardCharsets.UTF_8)).contains("agent      v2, chosen by the route help\n");
        assertThat(printed.toString(StandardCharsets.UTF_8)).startsWith("Hello\n");
    }

    private static void reply(HttpExchange exchange, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Test
    void addsAnAgentFromOptions() {
        assertThat(run(
                        "agents",
                        "add",
                        "kimi",
                        "--type=chat",
                        "--provider=kimi",
                        "--model=kimi-k2",
                        "--key-env=MOONSHOT_API_KEY",
                        "--system=Be brief.",
                        "--example=Why?",
                        "--set",
                        "parameters.temperature=0.3",
                        "--set",
                        "limits.concurrent=10",
                        "--set",
                        "history_tokens=4000"))
                .isZero();
        assertThat(calls).containsExactly("PUT /v1/agents/kimi");
        hasSent("""
                {"type": "chat", "provider": "kimi", "model": "kimi-k2", "key": "${env:MOONSHOT_API_KEY}",
                 "system": "Be brief.", "examples": ["Why?"], "parameters": {"temperature": 0.3},
                 "limits": {"concurrent": 10}, "history_tokens": 4000}""");
    }

    @Test
    void addsARouteFromOptions() {
        assertThat(run(
                        "agents",
                        "add",
                        "help",
                        "--type=route",
                        "--to=v1=90",
                        "--to=v2=10",
                        "--sticky=header:X-Tenant",
                        "--set",
                        "way_back.error_rate=0.1"))
                .isZero();
        hasSent("""
                {"type": "route", "sticky": "header:X-Tenant", "way_back": {"error_rate": 0.1},
                 "targets": [{"agent": "v1", "weight": 90}, {"agent": "v2", "weight": 10}]}""");
    }

    @Test
    void listsTheTargetsOfARouteAndWhyOneWasTakenOut() {
        agents = """
                {"name": "help", "description": "Helps.", "targets": [{"agent": "v1", "weight": 100},
                 {"agent": "v2", "weight": 0, "taken_out": {"at": "2026-11-30T12:00:00Z",
                  "reason": "3 of 21 turns failed", "weight": 10}}]}""";
        assertThat(run("agents")).isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "help             Helps.",
                        "     100 -> v1",
                        "       0 -> v2, taken out at 2026-11-30T12:00:00Z: 3 of 21 turns failed");
    }

    @Test
    void addsAnAgentFromAFileThatOptionsChange() throws IOException {
        Path file = Files.writeString(folder.resolve("support.yaml"), """
                type: ag-ui
                url: http://127.0.0.1:9000/
                timeouts: {idle: 5}
                """);
        assertThat(run(
                        "agents",
                        "add",
                        "support",
                        "--file",
                        file.toString(),
                        "--header",
                        "Authorization=Bearer ${env:SUPPORT_TOKEN}",
                        "--set",
                        "timeouts.total=60"))
                .isZero();
        hasSent("""
                {"type": "ag-ui", "url": "http://127.0.0.1:9000/", "timeouts": {"idle": 5, "total": 60},
                 "headers": {"Authorization": "Bearer ${env:SUPPORT_TOKEN}"}}""");
    }

    @Test
    void explainsWhatIsMissingOrInvalid() {
        assertThat(run("agents", "add", "kimi")).isEqualTo(2);
        assertThat(errors.toString()).contains("The type is missing.");
        assertThat(run("agents", "add", "kimi", "--type=chat", "--file", "/nowhere"))
                .isEqualTo(2);
        assertThat(run("agents", "add", "kimi", "--type=chat", "--key-env=A_KEY", "--key-file=b"))
                .isEqualTo(2);
        assertThat(run("agents", "add", "kimi", "--type=chat", "--set", "type.x=1"))
                .isEqualTo(2);
        assertThat(calls).as("nothing changed").isEmpty();
        status = 400;
        assertThat(run("agents", "add", "kimi", "--type=chat")).isEqualTo(1);
        assertThat(errors.toString()).contains("model is required");
    }

    @Test
    void showsAndRemovesAnAgent() {
        assertThat(run("agents", "show", "kimi")).isZero();
        assertThat(run("agents", "remove", "kimi", "--successor", "haiku")).isZero();
        assertThat(run("agents", "remove", "kimi")).isZero();
        assertThat(calls)
                .containsExactly(
                        "GET /v1/agents/kimi", "DELETE /v1/agents/kimi?successor=haiku", "DELETE /v1/agents/kimi");
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("Removed kimi; haiku takes over.", "Removed kimi.");
        assertThat(run("agents", "remove", "kimi", "--successor", "kimi")).isEqualTo(1);
    }
}
