package io.turnlane.backends;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Another process holds the data folder. Its message says where that one listens. */
public final class AlreadyRunningException extends IOException {

    AlreadyRunningException(Path folder, Optional<RunState> holder) {
        super("Turnlane is already running on " + folder
                + holder.map(AlreadyRunningException::where).orElse(""));
    }

    private static String where(RunState holder) {
        String place = holder.address() == null ? "" : " at " + holder.address();
        return place + " (pid " + holder.owner().pid() + ")";
    }
}
