package io.turnlane.bench.scenario;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Prints the progress of a run, a line at a time, with the time since the start in seconds. */
public final class BenchProgress {

    private final PrintStream out;
    private final long start = System.nanoTime();

    public BenchProgress(PrintStream out) {
        this.out = out;
    }

    public void line(String text) {
        Duration since = Duration.ofNanos(System.nanoTime() - start);
        out.printf(Locale.ROOT, "%7.1f s  %s%n", since.toMillis() / 1000.0, text);
        out.flush();
    }

    /** Prints text without the time, for example a table. */
    public void text(String text) {
        out.println(text);
        out.flush();
    }
}
