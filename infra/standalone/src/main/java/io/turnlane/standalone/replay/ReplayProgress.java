package io.turnlane.standalone.replay;

import io.turnlane.processor.replay.RangeRun;
import io.turnlane.processor.replay.RangeRun.RunProgress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Prints the progress of a run to the standard error: on a terminal in one line, twice a second, otherwise a line every
 * ten seconds. The remaining time is estimated from the share of the log that has been read and answered.
 */
final class ReplayProgress implements AutoCloseable {

    private static final String CLEAR_LINE = "\r\033[K";

    private final PrintStream out = System.err;
    private final RangeRun run;
    private final boolean terminal;
    private final long start = System.nanoTime();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("replay-progress").factory());

    ReplayProgress(RangeRun run, boolean terminal) {
        this.run = run;
        this.terminal = terminal;
        long interval = terminal ? 500 : 10_000;
        var _ = timer.scheduleAtFixedRate(this::print, interval, interval, TimeUnit.MILLISECONDS);
    }

    private void print() {
        String line = line(run.progress(), Duration.ofNanos(System.nanoTime() - start));
        if (terminal) {
            out.print(CLEAR_LINE + line);
            out.flush();
        } else {
            out.println(line);
        }
    }

    /** Returns the line, for example {@code 12,345 turns compared, 640/s, 31 differ, about 2 min left}. */
    static String line(RunProgress progress, Duration elapsed) {
        double seconds = Math.max(0.001, elapsed.toMillis() / 1e3);
        if (progress.compared() + progress.resumed() == 0) {
            return "reading the histories of sessions";
        }
        String line = String.format(
                Locale.ENGLISH,
                "%,d turns compared, %,.0f/s, %,d differ",
                progress.compared(),
                progress.compared() / seconds,
                progress.different());
        if (progress.resumed() > 0) {
            line += String.format(Locale.ENGLISH, ", %,d done before", progress.resumed());
        }
        return line + remaining(progress, seconds);
    }

    private static String remaining(RunProgress progress, double seconds) {
        int read = progress.compared() + progress.waiting();
        double done = progress.read() * (read == 0 ? 1 : (double) progress.compared() / read);
        if (done < 0.01 || progress.compared() == 0) {
            return "";
        }
        double left = seconds * (1 - done) / done;
        return left < 90
                ? String.format(Locale.ENGLISH, ", about %d s left", Math.round(left))
                : String.format(Locale.ENGLISH, ", about %,d min left", Math.round(left / 60));
    }

    @Override
    public void close() {
        timer.shutdown();
        if (terminal) {
            out.print(CLEAR_LINE);
            out.flush();
        }
    }
}
