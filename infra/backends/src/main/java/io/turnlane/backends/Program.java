package io.turnlane.backends;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Program that a {@link ChildProcess} runs. Supplies the command and the check that the program is ready.
 * {@link #prepare} and {@link #isReady} are called by one thread at a time.
 */
public interface Program {

    /** Returns a single word for logs and file names. */
    String name();

    /** Writes the files that the program reads when it starts, and returns its command. Called before each start. */
    List<String> prepare() throws IOException;

    /** Returns variables to add to the environment of the child. */
    default Map<String, String> environment() {
        return Map.of();
    }

    /** Returns the time within which the program must be ready. */
    default Duration startLimit() {
        return Duration.ofSeconds(60);
    }

    /** Returns the time that a stop waits before it kills the process. */
    default Duration stopLimit() {
        return Duration.ofSeconds(15);
    }

    /**
     * Returns true if the child with this pid is ready. Called every 20 ms during a start. Must return quickly and must
     * not throw an exception.
     */
    boolean isReady(long pid);
}
