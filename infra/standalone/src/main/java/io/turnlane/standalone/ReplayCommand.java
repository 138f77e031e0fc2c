package io.turnlane.standalone;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.replay.TurnReplay;
import io.turnlane.processor.replay.TurnReplay.Replayed;
import io.turnlane.standalone.options.AgentsOption;
import io.turnlane.standalone.options.AppOptions;
import io.turnlane.standalone.replay.RangeOptions;
import io.turnlane.standalone.replay.RangeReplayCall;
import io.turnlane.standalone.run.Apps;
import io.turnlane.standalone.run.OwnAgents;
import io.turnlane.standalone.terminal.CommandFailedException;
import io.turnlane.standalone.terminal.LogSetup;
import java.io.IOException;
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

/** Command that runs recorded turns again, in this process and without side effects on the installation. */
@Command(
        name = "replay",
        description = {
            "Run recorded turns again, and compare the new answers with the recorded ones.",
            "--request replays one turn and prints both answers side by side. --from replays a range of turns and writes a"
                    + " report.",
            "It changes nothing: it writes no memory, events or offsets. The agent really runs and may call its model.",
            "It compares text and artifacts of answers, and the error codes of failed turns."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the answers are the same; for a range: no gate failed",
            "1:failure, or the log has no recorded answer",
            "2:wrong usage",
            "3:the answers differ (--request)",
            "4:a gate failed (--fail-if)",
            "5:interrupted; --resume continues"
        })
final class ReplayCommand implements Callable<Integer> {

    private static final int DIFFERENT = 3;

    @Option(names = "--request", paramLabel = "ID", description = "Replay the turn with this request id.")
    private @Nullable String request;

    @Option(
            names = "--session",
            paramLabel = "SID",
            description = "The turn's session, if known, which shortens the search; with --from: only this session.")
    private @Nullable String session;

    @Option(
            names = "--user",
            paramLabel = "ID",
            description =
                    "The user who owns the session, if gateways require authentication; with --from: only this user.")
    private @Nullable String user;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private RangeOptions range = new RangeOptions();

    @Mixin
    private AppOptions options = new AppOptions();

    @Mixin
    private AgentsOption agents = new AgentsOption();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        LogSetup.quiet();
        if ((request == null) != range.isRange()) {
            throw wrong(
                    "Give either --request ID for one turn, or --from TIME (or --resume DIR) for a range of turns.");
        }
        return request == null
                ? (Integer) new RangeReplayCall(range, session, user, agents, options, json).call()
                : one(requestId(request));
    }

    private Integer one(RequestId wanted) {
        SessionId inSession = session == null ? null : sessionId(session);
        SessionKey likely = inSession == null ? null : SessionKey.of(user, inSession);
        OwnAgents own = range.withDefinitions(agents.load());
        try (ConfigurableApplicationContext context = Apps.replay(options.kafka(), options.settings(), own)) {
            Replayed replayed = context.getBean(TurnReplay.class)
                    .replay(wanted, likely, range.as())
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

    private RequestId requestId(String text) {
        try {
            return RequestId.parse(text);
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
