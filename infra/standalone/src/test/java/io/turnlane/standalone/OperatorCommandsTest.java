package io.turnlane.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.turnlane.standalone.run.GatewayEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Output and exit codes of {@code quarantine}, {@code evacuate}, {@code explain} and {@code status}, against a server
 * that answers like a gateway.
 */
class OperatorCommandsTest {

    private static final String FIRST = "0192f1de-7a3c-7000-8000-000000000001";
    private static final String SECOND = "0192f1de-7a3c-7000-8000-000000000002";

    private final PrintStream terminal = System.out;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final List<String> calls = new ArrayList<>();
    private final List<String> mediaTypes = new ArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/quarantine", exchange -> {
            calls.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            String path = exchange.getRequestURI().getPath();
            String query = String.valueOf(exchange.getRequestURI().getQuery());
            if (path.endsWith("/redrive")) {
                answer(exchange, 202, "{\"request_id\": \"new\", \"status\": \"queued\"}");
            } else if (query.contains("cursor")) {
                answer(exchange, 200, """
                        {"turns": [%s, %s], "next": null}""".formatted(
                                turn(FIRST, "agent_error", "null", "\"a \\u001b[2J b\"", true),
                                turn("3-17", "unreadable_record", "null", "null", false)));
            } else {
                answer(exchange, 200, """
                        {"turns": [%s], "next": "more"}""".formatted(turn(SECOND, "poison", "null", "\"why?\"", true)));
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        System.setOut(terminal);
        server.stop(0);
    }

    private static String turn(String id, String code, String redrivenAs, String question, boolean redrivable) {
        return """
                {"id": "%s", "error": {"code": "%s", "message": ""}, "attempts": 3,
                 "quarantined_at": "2026-11-21T06:00:00Z", "question": %s, "redrivable": %s, "redriven_as": %s}""".formatted(id, code, question, redrivable, redrivenAs);
    }

    private void serve(String path, int status, String json) {
        server.createContext(path, exchange -> {
            calls.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            if (exchange.getRequestMethod().equals("POST")) {
                mediaTypes.add(String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type")));
            }
            answer(exchange, status, json);
        });
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--url", url()));
        return Turnlane.commandLine().execute(all.toArray(String[]::new));
    }

    private String output() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void explainsARequestAsOperatorOrAsItsUser() {
        String timeline = """
                {"request_id": "%s", "session_id": "s-1", "status": "queued", "steps": [],
                 "accepted_at": "2026-11-21T06:00:00.000Z", "waiting": {"sentence": "It waits for a slot."}}""".formatted(FIRST);
        serve("/v1/ops/requests/" + FIRST + "/timeline", 200, timeline);
        serve("/v1/sessions/s-1/requests/" + FIRST + "/timeline", 200, timeline);
        assertThat(run("explain", FIRST)).isZero();
        assertThat(output()).contains("waiting   It waits for a slot.");
        assertThat(run("explain", FIRST, "--session", "s-1", "--json")).isZero();
        assertThat(output()).contains("{\"request_id\":\"" + FIRST + "\"");
        assertThat(calls)
                .containsExactly(
                        "GET /v1/ops/requests/" + FIRST + "/timeline",
                        "GET /v1/sessions/s-1/requests/" + FIRST + "/timeline?steps=true");
        assertThat(run("explain", "not-an-id")).isEqualTo(2);
    }

    @Test
    void listsAllPagesWithOneLinePerTurn() {
        assertThat(run("quarantine", "list")).isZero();
        assertThat(output().lines())
                .hasSize(4)
                .anyMatch(line -> line.startsWith(SECOND) && line.endsWith("why?"))
                .anyMatch(line -> line.startsWith("3-17") && line.endsWith("(unreadable)"));
        assertThat(output()).as("without control characters").doesNotContain("\u001b");
    }

    @Test
    void listsAsJsonAndByError() {
        assertThat(run("quarantine", "list", "--json", "--code", "poison")).isZero();
        assertThat(output().strip()).startsWith("{").contains(SECOND).doesNotContain(FIRST);
    }

    @Test
    void listsNothingButTheErrorIfTheGatewayRejects() {
        server.removeContext("/v1/quarantine");
        serve("/v1/quarantine", 403, "{\"detail\": \"no\", \"code\": \"forbidden\"}");
        assertThat(run("quarantine", "list")).isEqualTo(1);
        assertThat(output()).as("standard output").isEmpty();
    }

    @Test
    void distinguishesAnEmptyQuarantineFromAnErrorCodeThatDoesNotOccur() {
        assertThat(run("quarantine", "list", "--code", "nope")).isZero();
        assertThat(output().strip()).isEqualTo("The quarantine has no turn with the error code nope.");
        server.removeContext("/v1/quarantine");
        serve("/v1/quarantine", 200, "{\"turns\": [], \"next\": null}");
        printed.reset();
        assertThat(run("quarantine", "list")).isZero();
        assertThat(output().strip()).isEqualTo("The quarantine is empty.");
    }

    @Test
    void asksWithAllOptionsOfAQuestion() {
        List<String> bodies = new ArrayList<>();
        server.createContext("/v1/sessions/s-1/requests", exchange -> {
            if (exchange.getRequestMethod().equals("POST")) {
                bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                answer(exchange, 202, "{\"request_id\": \"r-1\", \"session_id\": \"s-1\"}");
            } else {
                answer(exchange, 200, """
                        id: c
                        event: completed
                        data: {"type": "completed", "request_id": "r-1", "session_id": "s-1", "attempt": 1, \
                        "answer": {"text": "yes", "sources": [], "artifacts": []}}

                        """);
            }
        });
        assertThat(run(
                        "ask",
                        "why?",
                        "--session",
                        "s-1",
                        "--agent",
                        "haiku",
                        "--policy",
                        "interrupt",
                        "--priority",
                        "high",
                        "--deadline",
                        "2m",
                        "--metadata",
                        "delay_ms=3000",
                        "--metadata",
                        "customer=c=7",
                        "--metadata",
                        "flag=true",
                        "--metadata",
                        "empty=",
                        "--metadata",
                        "none=null"))
                .isZero();
        assertThat(output().strip()).isEqualTo("yes");
        JsonNode body = JsonMapper.shared().readTree(bodies.getFirst());
        assertThat(body).isEqualTo(JsonMapper.shared().readTree("""
                {"question": "why?", "agent": "haiku", "policy": "interrupt", "priority": "high",
                 "deadline_seconds": 120.0, "metadata": {"delay_ms": 3000, "customer": "c=7", "flag": true,
                 "empty": "", "none": "null"}}"""));
    }

    @Test
    void listsTheAgentsAndPointsToThemIfOneIsUnknown() {
        serve("/v1/agents", 200, """
                {"agents": [{"name": "haiku", "description": "Answers in verse.", "examples": [], "default": true}]}""");
        assertThat(run("agents")).isZero();
        assertThat(output()).containsPattern("haiku +Answers in verse\\. \\(default\\)");
        serve(
                "/v1/requests",
                422,
                "{\"detail\": \"Unknown agent. GET /v1/agents lists the agents.\", \"code\": \"unknown_agent\"}");
        StringWriter errors = new StringWriter();
        assertThat(Turnlane.commandLine()
                        .setErr(new PrintWriter(errors))
                        .execute("ask", "why?", "--agent", "haikku", "--url", url()))
                .isEqualTo(1);
        assertThat(errors.toString().strip())
                .isEqualTo("Request rejected: no processor offers this agent (422 unknown_agent)."
                        + " To list the agents: ./turnlane agents");
    }

    @Test
    void redrivesTheOldestFirstAndSkipsUnreadableRecords() {
        assertThat(run("quarantine", "redrive", "--all")).isZero();
        assertThat(calls.stream().filter(call -> call.startsWith("POST")))
                .containsExactly(
                        "POST /v1/quarantine/" + FIRST + "/redrive", "POST /v1/quarantine/" + SECOND + "/redrive");
        assertThat(output()).contains(FIRST + "  redriven as new, queued");
    }

    @Test
    void statusPrintsTheWarningsOfTheGateway() {
        serve("/api/stats", 200, """
                {"performance": {}, "processors": [],
                 "warnings": ["Processors offer different agents: haiku is missing on p-1."]}""");
        assertThat(run("status")).isZero();
        assertThat(output()).contains("warning      Processors offer different agents: haiku is missing on p-1.");
    }

    @Test
    void statusPrintsTheLoadOfTheGatewaysAndProcessors() {
        serve("/api/stats", 200, """
                {"performance": {"total_requests": 120, "p95_response_time": 0.423},
                 "processors": [{"processor": "p-1", "open_turns": 3, "running": 1, "waiting": 2, "partitions": 16}]}""");
        assertThat(run("status")).isZero();
        assertThat(output().lines().map(line -> line.replaceAll(" +", " ")))
                .containsSubsequence(
                        "gateway " + url() + " answers",
                        "turns 120 completed in the last minute, 95% of them within 0.423 s",
                        "processor p-1 turns 3 (1 running, 2 waiting) unread records 0 partitions 16");
    }

    @Test
    void statusOmitsTheDurationIfNoTurnsCompleted() {
        serve("/api/stats", 200, "{\"performance\": {\"total_requests\": 0, \"p95_response_time\": 0}}");
        assertThat(run("status")).isZero();
        assertThat(output().lines()).contains("turns        0 completed in the last minute");
    }

    @Test
    void namesTheRequestIfTheConnectionIsLostAfterItsAcceptance() {
        server.createContext("/v1/requests", exchange -> answer(exchange, 202, """
                {"request_id": "r-1", "session_id": "s-1"}"""));
        server.createContext("/v1/sessions/s-1/requests/r-1", HttpExchange::close);
        StringWriter errors = new StringWriter();
        assertThat(Turnlane.commandLine().setErr(new PrintWriter(errors)).execute("ask", "why?", "--url", url()))
                .isEqualTo(1);
        assertThat(errors.toString().strip())
                .isEqualTo("The connection was lost after the question was accepted (session s-1, request r-1)."
                        + " It will still be answered: GET /v1/sessions/s-1/requests/r-1.");
    }

    @Test
    void exitsWith2OnWrongUsage() {
        assertThat(run("quarantine", "redrive")).isEqualTo(2);
        assertThat(run("quarantine", "redrive", FIRST, "--all")).isEqualTo(2);
        assertThat(Turnlane.commandLine().execute("quarantine")).isEqualTo(2);
    }

    @Test
    void exitsWith1IfTheGatewayRejects() {
        server.removeContext("/v1/quarantine");
        serve("/v1/quarantine", 422, "{\"detail\": \"no question\", \"code\": \"unreadable_record\"}");
        assertThat(run("quarantine", "redrive", "3-17")).isEqualTo(1);
        assertThat(run("quarantine", "show", "3-17")).isEqualTo(1);
    }

    @Test
    void reportsWrongUsageInOneLineAndPointsToHelp() {
        assertThat(usageError("quarantine", "nope"))
                .containsExactly(
                        "Unknown command: 'nope'. Known: list, show, redrive.",
                        "For help: ./turnlane quarantine --help");
        assertThat(usageError("ask", "why", "not")).first().asString().contains("'not'", "in quotes");
        assertThat(usageError("ask", " ")).first().asString().contains("question is empty");
        assertThat(usageError("ask", "why?", "--url", "garbage"))
                .first()
                .asString()
                .contains("--gateway", "garbage");
        assertThat(usageError("ask", "why?", "--policy", "wait"))
                .first()
                .asString()
                .contains("--policy", "'wait'");
        for (String span : List.of("soon", "30", "-1s", "0s", "")) {
            assertThat(usageError("ask", "why?", "--deadline", span))
                    .first()
                    .asString()
                    .contains("--deadline");
            assertThat(usageError("keys", "create", "--user", "a", "--expires", span))
                    .first()
                    .asString()
                    .contains("--expires");
        }
        assertThat(usageError("replay")).hasSize(2).first().asString().contains("--request", "--from");
        assertThat(usageError("replay", "--from", "yesterday"))
                .first()
                .asString()
                .contains("--from", "2h");
        assertThat(usageError("replay", "--from", "2h", "--fail-if", "good > 1%"))
                .first()
                .asString()
                .contains("--fail-if", "similarity");
        assertThat(usageError("replay", "--from", "2h", "--sample", "5"))
                .first()
                .asString()
                .contains("--sample");
    }

    @Test
    void listsTheExitCodesOfACommandInItsHelp() {
        Map<String, CommandLine> commands = Turnlane.commandLine().getSubcommands();
        assertThat(commands.get("replay").getUsageMessage()).contains("3   the answers differ", "4   a gate failed");
        assertThat(commands.get("down").getUsageMessage())
                .contains("0   stopped, or nothing was running")
                .doesNotContain("or nothing is running");
        assertThat(commands.get("status").getUsageMessage()).contains("1   failure, or nothing is running");
    }

    private static List<String> usageError(String... arguments) {
        StringWriter errors = new StringWriter();
        assertThat(Turnlane.commandLine().setErr(new PrintWriter(errors)).execute(arguments))
                .isEqualTo(2);
        return errors.toString().lines().toList();
    }

    @Test
    void explainsWhatToDoAboutARejectedKey() {
        serve("/api/stats", 401, "{\"detail\": \"No valid API key or token was sent.\", \"code\": \"unauthorized\"}");
        StringWriter errors = new StringWriter();
        CommandLine command = Turnlane.commandLine().setErr(new PrintWriter(errors));
        assertThat(command.execute("status", "--url", url())).isEqualTo(1);
        server.removeContext("/api/stats");
        serve("/api/stats", 403, "{\"detail\": \"Your API key lacks the scope.\", \"code\": \"forbidden\"}");
        assertThat(command.execute("status", "--url", url())).isEqualTo(1);
        assertThat(errors.toString().lines())
                .satisfiesExactly(
                        missing -> assertThat(missing)
                                .isEqualTo(
                                        "Request rejected: no valid API key or token was sent (401 unauthorized)."
                                                + " Set TURNLANE_API_KEY to a valid key. To create one: ./turnlane keys create"),
                        scope -> assertThat(scope)
                                .startsWith("Request rejected: ")
                                .contains("ops"));
    }

    /** The gateway of this test is running; the gateways of the other two entries were killed. */
    @Test
    void findsAGatewayThatWasStartedSeparately(@TempDir Path data) throws Exception {
        serve("/api/stats", 200, "{\"processors\": []}");
        Path folder = Files.createDirectories(data.resolve("gateways"));
        Files.writeString(folder.resolve("1.json"), """
                {"process": {"pid": 1, "started": "2001-01-01T00:00:00Z"}, "address": "http://127.0.0.1:1"}""");
        Files.writeString(folder.resolve("2.json"), "{");
        AutoCloseable entry = GatewayEntry.publish(data, URI.create(url()));
        assertThat(folder).as("entries of killed gateways are deleted").isDirectoryNotContaining("glob:**/{1,2}.json");
        assertThat(Turnlane.commandLine().execute("status", "--data", data.toString()))
                .isZero();
        assertThat(output()).contains("gateway      " + url());
        entry.close();
        assertThat(GatewayEntry.on(data)).isEmpty();
    }

    @Test
    void evacuatesTheOnlyProcessorAndRequiresAnIdIfThereAreSeveral() {
        serve(
                "/api/stats",
                200,
                "{\"processors\": [{\"processor\": \"p-1\", \"management\": \"%s\"}]}".formatted(url()));
        serve(
                "/actuator/evacuate",
                200,
                "{\"processor\": \"p-1\", \"state\": \"evacuated\", \"report\": {\"running\": 3, \"interrupted\": 1, \"moved\": 2, \"left\": true}}");
        assertThat(run("evacuate")).isZero();
        assertThat(output())
                .contains("Processor p-1 is evacuated: of 3 running turns, 2 ended, 1 was interrupted and run again"
                        + " on other processors; 2 waiting turns were released to other processors.");
        assertThat(run("evacuate", "p-2")).isEqualTo(1);

        server.removeContext("/api/stats");
        serve(
                "/api/stats",
                200,
                "{\"processors\": [{\"processor\": \"p-1\", \"management\": \"%s\"}, {\"processor\": \"p-2\", \"management\": \"%s\"}]}"
                        .formatted(url(), url()));
        assertThat(run("evacuate")).as("no id given").isEqualTo(2);
        assertThat(calls.stream().filter("POST /actuator/evacuate"::equals)).hasSize(1);
        assertThat(mediaTypes).as("required by the processor").containsExactly("application/json");
    }

    @Test
    void advisesAboutTheAddressOfAProcessorOnlyIfItDoesNotRespond() {
        serve(
                "/api/stats",
                200,
                "{\"processors\": [{\"processor\": \"p-1\", \"management\": \"%s\"}]}".formatted(url()));
        serve("/actuator/evacuate", 500, "{}");
        StringWriter errors = new StringWriter();
        CommandLine command = Turnlane.commandLine().setErr(new PrintWriter(errors));
        assertThat(command.execute("evacuate", "--url", url())).isEqualTo(1);
        server.removeContext("/actuator/evacuate");
        server.createContext("/actuator/evacuate", HttpExchange::close);
        assertThat(command.execute("evacuate", "--url", url())).isEqualTo(1);
        assertThat(errors.toString().lines())
                .satisfiesExactly(
                        rejected -> assertThat(rejected)
                                .isEqualTo("The call to processor p-1 at " + url() + " failed: HTTP status 500."),
                        unreachable -> assertThat(unreachable)
                                .endsWith("Run this command where that address can be reached."));
    }
}
