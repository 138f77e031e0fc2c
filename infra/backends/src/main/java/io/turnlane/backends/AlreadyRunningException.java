package io.turnlane.backends;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Thrown if another process holds the data folder. The message contains its pid and, if known, its address. */
public final class AlreadyRunningException extends IOException {

    AlreadyRunningException(Path folder, Optional<RunState> holder) {
        super("Turnlane is already running on " + folder
                + holder.map(AlreadyRunningException::describe).orElse(""));
    }

    private static String describe(RunState holder) {
        String address = holder.address() == null ? "" : " at " + holder.address();
        return address + " (pid " + holder.owner().pid() + ")";
    }
}
