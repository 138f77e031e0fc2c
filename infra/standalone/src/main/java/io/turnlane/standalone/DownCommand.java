package io.turnlane.standalone;

import io.turnlane.backends.Backends;
import io.turnlane.backends.DataFolder;
import io.turnlane.backends.RunState;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Stops what runs on a data folder. */
@Command(
        name = "down",
        description = "Stop what up or backends started on the data folder, cleanly.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:stopped, or nothing ran", "1:it still runs", "2:wrong usage"})
final class DownCommand implements Callable<Integer> {

    /** Longer than a processor's drain and the backends' stop together. */
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
                        ? "Turnlane had been killed; what was left of it is stopped."
                        : "Turnlane is not running here.");
        return 0;
    }

    private static int stop(ProcessHandle owner) {
        System.out.println("Stopping (pid " + owner.pid() + ").");
        owner.destroy();
        try {
            owner.onExit().orTimeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS).join();
        } catch (CompletionException _) {
            throw new CommandFailedException(
                    "It still runs after %d s; its log says why. kill -9 %d ends it without losing anything."
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
