package io.turnlane.standalone;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Prints the progress of a start, for example {@code redis 127.0.0.1:6379 0.1 s}. Any thread may call it. */
final class StartupProgress {

    private final PrintStream out;
    private final long start = System.nanoTime();

    StartupProgress(PrintStream out) {
        this.out = out;
    }

    /** Prints the name of a part that has started, its address or state, and the time since the start in seconds. */
    void part(String name, String text) {
        Duration since = Duration.ofNanos(System.nanoTime() - start);
        out.printf(Locale.ROOT, "  %-10s %-40s %5.1f s%n", name, text, since.toMillis() / 1000.0);
        out.flush();
    }

    void line(String text) {
        out.println(text);
        out.flush();
    }
}
