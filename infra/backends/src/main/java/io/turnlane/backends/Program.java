package io.turnlane.backends;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What a {@link ChildProcess} runs: how to start it, and how to see that it serves. Called by one thread at a time. */
public interface Program {

    /** One word for logs and file names. */
    String name();

    /** Writes what the program reads at its start; called before each start. Returns the command. */
    List<String> prepare() throws IOException;

    /** Added to the environment of the child. */
    default Map<String, String> environment() {
        return Map.of();
    }

    /** How long a stop waits before it kills. */
    default Duration stopLimit() {
        return Duration.ofSeconds(15);
    }

    /** Whether the child with this pid serves by now. Asked every few milliseconds; answers fast, never throws. */
    boolean isReady(long pid);
}
