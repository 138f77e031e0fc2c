package io.turnlane.standalone;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.replay.TurnReplay;
import io.turnlane.processor.replay.TurnReplay.Replayed;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A recorded turn run again, in this process and without a trace. */
@Command(
        name = "replay",
        description = {
            "Run a recorded turn again and print what was answered then and now, side by side.",
            "It reads the log and touches nothing: no memory, no event, no offset.",
            "It compares text and artifacts, or the error's code."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:both say the same", "1:that can't be told, or it failed", "2:wrong usage", "3:they differ"})
final class ReplayCommand implements Callable<Integer> {

    private static final int DIFFERENT = 3;

    @Option(names = "--request", required = true, paramLabel = "ID", description = "The turn's request_id.")
    private String request = "";

    @Option(
            names = "--session",
            paramLabel = "SID",
            description = "Its session, where it is known: the search is shorter.")
    private @Nullable String session;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private AppOptions options = new AppOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        LogSetup.quiet();
        RequestId wanted = requestId();
        SessionKey key = session == null ? null : SessionKey.of(null, sessionId(session));
        try (ConfigurableApplicationContext context = options.apps().replay()) {
            Replayed replayed = context.getBean(TurnReplay.class)
                    .replay(wanted, key)
                    .orElseThrow(() -> new CommandFailedException(
                            "The log holds no question of this id" + (session == null ? "." : " in this session.")));
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
        return new CommandLine.ParameterException(
                java.util.Objects.requireNonNull(spec).commandLine(), why);
    }
}
