package io.turnlane.standalone;

import io.turnlane.standalone.options.GatewayCallOptions;
import io.turnlane.standalone.options.SelectionOptions;
import io.turnlane.standalone.terminal.Screen;
import io.turnlane.standalone.terminal.Screen.Tone;
import io.turnlane.standalone.terminal.TextTable;
import io.turnlane.standalone.terminal.TextTable.Cell;
import io.turnlane.standalone.terminal.TextTable.TableColumn;
import io.turnlane.standalone.terminal.TimeTexts;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Command that lists the sessions of all users. */
@Command(
        name = "sessions",
        description = {
            "List sessions of all users, the most recently active first, without their questions and answers.",
            "The API key needs the scope ops."
        })
final class SessionsCommand implements Callable<Integer> {

    @Mixin
    private GatewayCallOptions gateway = new GatewayCallOptions();

    @Mixin
    private SelectionOptions selection = new SelectionOptions();

    @Override
    public Integer call() throws InterruptedException {
        JsonNode found = gateway.call(client -> client.list("/v1/ops/sessions", selection.query()));
        new ListPrinter(System.out, System.err, Screen.ofOutput())
                .print(found, "sessions", "No session was found.", gateway.json(), SessionsCommand::table);
        return 0;
    }

    private static TextTable table(JsonNode sessions) {
        TextTable table = new TextTable(
                TableColumn.whole("ACTIVE (UTC)", 0),
                TableColumn.number("OPEN", 0),
                TableColumn.number("TURNS", 4),
                TableColumn.text("AGENT", 8, 3),
                TableColumn.text("USER", 8, 2),
                TableColumn.text("SESSION", 12, 0),
                TableColumn.whole("CREATED (UTC)", 5));
        for (JsonNode session : sessions) {
            int open = session.path("open_requests").asInt(0);
            table.add(
                    Cell.of(TimeTexts.utc(session.path("last_activity").asString(""))),
                    Cell.of(Integer.toString(open), open > 0 ? Tone.BUSY : Tone.FAINT),
                    Cell.of(session.path("request_count").asString("")),
                    Cell.of(session.path("agent").asString("")),
                    Cell.of(session.path("user_id").asString("-")),
                    Cell.of(session.path("session_id").asString("")),
                    Cell.of(TimeTexts.utc(session.path("created_at").asString(""))));
        }
        return table;
    }
}
