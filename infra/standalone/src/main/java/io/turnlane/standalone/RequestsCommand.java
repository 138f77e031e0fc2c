package io.turnlane.standalone;

import io.turnlane.standalone.options.GatewayCallOptions;
import io.turnlane.standalone.options.SelectionOptions;
import io.turnlane.standalone.terminal.Screen;
import io.turnlane.standalone.terminal.Screen.Tone;
import io.turnlane.standalone.terminal.TextTable;
import io.turnlane.standalone.terminal.TextTable.Cell;
import io.turnlane.standalone.terminal.TextTable.TableColumn;
import io.turnlane.standalone.terminal.TimeTexts;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Command that lists the requests of all users. */
@Command(
        name = "requests",
        description = {
            "List requests of all users, newest first, without their questions and answers.",
            "The API key needs the scope ops."
        })
final class RequestsCommand implements Callable<Integer> {

    @Mixin
    private GatewayCallOptions gateway = new GatewayCallOptions();

    @Mixin
    private SelectionOptions selection = new SelectionOptions();

    @Option(
            names = "--status",
            paramLabel = "STATUS",
            description = "Only in these statuses, for example failed,cancelled; open for all that have not ended.")
    private @Nullable String status;

    @Option(
            names = "--code",
            paramLabel = "CODE",
            description = "Only failed ones with this error code, for example agent_error.")
    private @Nullable String code;

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> query = selection.query();
        if (status != null) {
            query.put("status", status);
        }
        if (code != null) {
            query.put("code", code);
        }
        JsonNode found = gateway.call(client -> client.list("/v1/ops/requests", query));
        new ListPrinter(System.out, System.err, Screen.ofOutput())
                .print(found, "requests", "No request was found.", gateway.json(), RequestsCommand::table);
        return 0;
    }

    private static TextTable table(JsonNode requests) {
        TextTable table = new TextTable(
                TableColumn.whole("CREATED (UTC)", 0),
                TableColumn.whole("STATUS", 0),
                TableColumn.text("CODE", 8, 3),
                TableColumn.text("AGENT", 8, 4),
                TableColumn.text("USER", 8, 2),
                TableColumn.text("SESSION", 8, 1),
                TableColumn.number("TRIES", 7),
                TableColumn.number("WAITED", 6),
                TableColumn.number("RAN", 5),
                TableColumn.whole("REQUEST", 0));
        requests.forEach(request -> add(table, request));
        return table;
    }

    private static void add(TextTable table, JsonNode request) {
        String state = request.path("status").asString("");
        String created = request.path("created_at").asString("");
        String started = request.path("started_at").asString("");
        table.add(
                Cell.of(TimeTexts.utc(created)),
                Cell.of(state, toneOf(state)),
                Cell.of(request.path("code").asString("-")),
                Cell.of(request.path("type").asString(request.path("agent").asString("-"))),
                Cell.of(request.path("user_id").asString("-")),
                Cell.of(request.path("session_id").asString("")),
                Cell.of(request.path("attempt").asString("")),
                Cell.of(TimeTexts.between(created, started)),
                Cell.of(TimeTexts.between(started, request.path("finished_at").asString(""))),
                Cell.of(request.path("request_id").asString("")));
    }

    static Tone toneOf(String status) {
        return switch (status) {
            case "completed" -> Tone.GOOD;
            case "failed" -> Tone.BAD;
            case "running" -> Tone.BUSY;
            case "retrying", "rejected" -> Tone.WARNING;
            default -> Tone.PLAIN;
        };
    }
}
