package io.turnlane.standalone;

import io.turnlane.model.RequestId;
import io.turnlane.standalone.options.GatewayCallOptions;
import io.turnlane.standalone.terminal.UsageException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Command that prints what happened to a turn, and why it waits. */
@Command(
        name = "explain",
        description = {
            "Print every step of a turn: who accepted it, where it is on the log, each attempt with its model and tool",
            "calls, retries, crashes and handovers, its end, and the clients that received the end.",
            "If the turn waits, say why."
        })
final class ExplainCommand implements Callable<Integer> {

    @Parameters(paramLabel = "REQUEST", description = "The turn's request id.")
    private String request = "";

    @Option(
            names = "--session",
            paramLabel = "SID",
            description = "The turn's session, if you are its user. Without this option, you need a key with the scope"
                    + " ops.")
    private @Nullable String session;

    @Mixin
    private GatewayCallOptions options = new GatewayCallOptions();

    @Override
    public Integer call() throws InterruptedException {
        String id = requestId();
        JsonNode timeline = options.call(gateway -> gateway.timeline(id, Optional.ofNullable(session)));
        if (options.json()) {
            System.out.println(timeline);
        } else {
            new TimelinePrinter(System.out).print(timeline);
        }
        return 0;
    }

    private String requestId() {
        try {
            return RequestId.parse(request).toString();
        } catch (IllegalArgumentException e) {
            throw new UsageException("REQUEST: " + e.getMessage());
        }
    }
}
