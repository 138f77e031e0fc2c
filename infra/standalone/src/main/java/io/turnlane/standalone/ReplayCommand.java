package io.turnlane.standalone;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.replay.TurnReplay;
import io.turnlane.processor.replay.TurnReplay.Replayed;
import io.turnlane.standalone.options.AgentsOption;
import io.turnlane.standalone.options.AppOptions;
import io.turnlane.standalone.run.Apps;
import io.turnlane.standalone.run.OwnAgents;
import io.turnlane.standalone.terminal.CommandFailedException;
import io.turnlane.standalone.terminal.LogSetup;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Command that runs a recorded turn again, in this process and without side effects on the installation. */
@Command(
        name = "replay",
        description = {
            "Run a recorded turn again, and print the recorded and the new answer side by side.",
            "It changes nothing: it writes no memory, events or offsets. The agent really runs and may call its model.",
            "It compares text and artifacts of answers, and the error codes of failed turns."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the answers are the same",
            "1:failure, or the log has no recorded answer",
            "2:wrong usage",
            "3:the answers differ"
        })
final class ReplayCommand implements Callable<Integer> {

    private static final int DIFFERENT = 3;

    @Option(names = "--request", required = true, paramLabel = "ID", description = "The turn's request id.")
    private String request = "";

    @Option(
            names = "--session",
            paramLabel = "SID",
            description = "The turn's session, if known. This shortens the search.")
    private @Nullable String session;

    @Option(
            names = "--user",
            paramLabel = "ID",
            description = "With --session: the user who owns the session, if gateways require authentication.")
    private @Nullable String user;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private AppOptions options = new AppOptions();

    @Mixin
    private AgentsOption agents = new AgentsOption();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        LogSetup.quiet();
        RequestId wanted = requestId();
        SessionId inSession = session == null ? null : sessionId(session);
        SessionKey likely = inSession == null ? null : SessionKey.of(user, inSession);
        OwnAgents own = agents.load();
        try (ConfigurableApplicationContext context = Apps.replay(options.kafka(), options.settings(), own)) {
            Replayed replayed = context.getBean(TurnReplay.class)
                    .replay(wanted, likely)
                    .orElseThrow(() -> new CommandFailedException("The log has no question with this request id."
                            + " Questions that are older than the topic's retention are deleted."));
            SessionId recordedIn = replayed.recorded().ask().sessionId();
            if (inSession != null && !inSession.equals(recordedIn)) {
                throw new CommandFailedException("This request belongs to another session: " + recordedIn);
            }
            ReplayPrinter printer = new ReplayPrinter(System.out, ReplayPrinter.width(System.getenv()));
            if (json) {
                printer.json(replayed);
            } else {
                printer.print(replayed);
            }
            return exitCode(replayed);
        }
    }

    private static int exitCode(Replayed replayed) {
        if (replayed.recorded().outcome() == null) {
            return 1;
        }
        return replayed.isSame() ? 0 : DIFFERENT;
    }

    private RequestId requestId() {
        try {
            return RequestId.parse(request);
        } catch (IllegalArgumentException e) {
            throw wrong("--request: " + e.getMessage());
        }
    }

    private SessionId sessionId(String text) {
        try {
            return new SessionId(text);
        } catch (IllegalArgumentException e) {
            throw wrong("--session: " + e.getMessage());
        }
    }

    private CommandLine.ParameterException wrong(String why) {
        return new CommandLine.ParameterException(Objects.requireNonNull(spec).commandLine(), why);
    }
}
