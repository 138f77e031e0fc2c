package io.turnlane.standalone;

import io.turnlane.backends.Backends;
import io.turnlane.backends.DataFolder;
import io.turnlane.backends.RunState;
import io.turnlane.standalone.options.DataOption;
import io.turnlane.standalone.terminal.CommandFailedException;
import io.turnlane.standalone.terminal.LogSetup;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Command that stops the processes of a data folder. */
@Command(
        name = "down",
        description = {
            "Stop what ./turnlane up or ./turnlane backends started on this data folder.",
            "Running turns get time to finish."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:stopped, or nothing was running", "1:still running", "2:wrong usage"})
final class DownCommand implements Callable<Integer> {

    /**
     * Maximum time to wait until Turnlane has stopped. With default settings, draining the processor and stopping the
     * backends takes less.
     */
    private static final Duration LIMIT = Duration.ofSeconds(75);

    @Mixin
    private DataOption data = new DataOption();

    @Override
    public Integer call() throws IOException {
        LogSetup.quiet();
        Optional<ProcessHandle> owner =
                DataFolder.read(data.path()).flatMap(state -> state.owner().find());
        if (owner.isPresent()) {
            return stop(owner.get());
        }
        System.out.println(
                stopLeftovers()
                        ? "Turnlane was killed earlier. The processes that it left behind have now been stopped."
                        : "Turnlane is not running on the data folder " + data.path() + ".");
        return 0;
    }

    private static int stop(ProcessHandle owner) {
        System.out.println("Stopping Turnlane (pid " + owner.pid() + ").");
        owner.destroy();
        try {
            owner.onExit().orTimeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS).join();
        } catch (CompletionException _) {
            throw new CommandFailedException(("Turnlane is still running after %d s. The reason is in"
                            + " logs/turnlane.log of the data folder. To end it now, without losing accepted"
                            + " questions: kill -9 %d")
                    .formatted(LIMIT.toSeconds(), owner.pid()));
        }
        System.out.println("Stopped.");
        return 0;
    }

    private boolean stopLeftovers() throws IOException {
        Optional<RunState> killed = DataFolder.read(data.path());
        if (killed.isEmpty()) {
            return false;
        }
        try (DataFolder folder = DataFolder.claim(data.path())) {
            return Backends.stopLeftovers(folder);
        }
    }
}
