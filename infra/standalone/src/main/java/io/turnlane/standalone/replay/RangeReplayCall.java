package io.turnlane.standalone.replay;

import io.turnlane.model.WireFormat;
import io.turnlane.processor.replay.KafkaRangeReplay;
import io.turnlane.processor.replay.RangeRun;
import io.turnlane.processor.replay.RangeRun.RunProgress;
import io.turnlane.standalone.options.AgentsOption;
import io.turnlane.standalone.options.AppOptions;
import io.turnlane.standalone.replay.ReplaySummary.SkippedTurns;
import io.turnlane.standalone.run.Apps;
import io.turnlane.standalone.run.OwnAgents;
import io.turnlane.standalone.terminal.CommandFailedException;
import io.turnlane.standalone.terminal.UsageException;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Call of the command for a range: runs or resumes the replay, writes its summary and its report, and prints the
 * summary.
 *
 * @param json true to print the summary as JSON
 */
public record RangeReplayCall(
        RangeOptions range,
        @Nullable String session,
        @Nullable String user,
        AgentsOption agents,
        AppOptions options,
        boolean json) {

    /** Exit code if a gate failed. */
    public static final int GATE_FAILED = 4;

    /** Exit code if the replay was interrupted and can be resumed. */
    public static final int INTERRUPTED = 5;

    /** Returns the exit code of the command. */
    public int call() throws IOException, InterruptedException {
        List<Gate> given = range.check();
        try (ReplayFolder folder = folder()) {
            ReplayRun run = folder.run();
            List<Gate> gates = given.isEmpty() ? RangeOptions.gates(run.failIf()) : given;
            if (!given.isEmpty()) {
                run = run.withGates(range.failIf());
                folder.writeRun(run);
            }
            return run(folder, run, gates);
        }
    }

    private int run(ReplayFolder folder, ReplayRun run, List<Gate> gates) throws IOException, InterruptedException {
        AtomicReference<@Nullable RangeRun> current = new AtomicReference<>();
        try (StopSignal _ = new StopSignal(() -> stop(current.get()), INTERRUPTED)) {
            return run(folder, run, gates, current);
        } catch (UsageException e) {
            if (range.resume() == null) {
                folder.deleteIfUnused();
            }
            throw e;
        }
    }

    private int run(ReplayFolder folder, ReplayRun run, List<Gate> gates, AtomicReference<@Nullable RangeRun> current)
            throws IOException, InterruptedException {
        Optional<ReplaySummary> ended = folder.summary().filter(ReplaySummary::complete);
        RunEnd end = ended.isPresent() ? new RunEnd(true, ended.get().skipped()) : replay(folder, run, current);
        ReplaySummary summary = summarize(folder, run, gates, end, range.worst());
        print(folder, summary);
        if (!end.complete()) {
            return INTERRUPTED;
        }
        if (summary.turns().compared() == 0) {
            throw new CommandFailedException("The log has no turns to compare in this range. Kafka keeps events, which"
                    + " include the answers, for 24 hours unless configured otherwise.");
        }
        return summary.failed() ? GATE_FAILED : 0;
    }

    private static void stop(@Nullable RangeRun run) {
        if (run == null) {
            Runtime.getRuntime().halt(INTERRUPTED); // nothing has been written since the start
        } else {
            run.stop();
        }
    }

    private record RunEnd(boolean complete, SkippedTurns skipped) {}

    private ReplayFolder folder() throws IOException {
        Path resumed = range.resume();
        if (resumed != null) {
            return ReplayFolder.open(resumed.toAbsolutePath().normalize());
        }
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        ReplayRun run = range.run(session, user, agents.paths(), now);
        String name = now.truncatedTo(ChronoUnit.SECONDS).toString().replace(":", "-");
        Path out = Objects.requireNonNullElseGet(
                range.out(), () -> options.data().resolve("replays").resolve(name));
        var _ = options.kafka(); // reports a missing Kafka before the folder is created
        return ReplayFolder.create(out.toAbsolutePath().normalize(), run);
    }

    private RunEnd replay(ReplayFolder folder, ReplayRun run, AtomicReference<@Nullable RangeRun> current)
            throws InterruptedException {
        try (ConfigurableApplicationContext context = Apps.replay(options.kafka(), options.settings(), agentsOf(run))) {
            RangeRun rangeRun = prepare(context.getBean(KafkaRangeReplay.class), folder, run);
            current.set(rangeRun);
            boolean complete = replay(rangeRun, folder);
            RunProgress progress = rangeRun.progress();
            return new RunEnd(
                    complete,
                    new SkippedTurns(progress.otherEnds(), progress.withoutEnd(), progress.droppedSessions()));
        }
    }

    private static boolean replay(RangeRun run, ReplayFolder folder) throws InterruptedException {
        boolean terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        try (ReplayProgress _ = new ReplayProgress(run, terminal)) {
            return run.run();
        } catch (IllegalStateException e) {
            throw new CommandFailedException(
                    e.getMessage() + " To continue: ./turnlane replay --resume " + folder.path());
        }
    }

    private RangeRun prepare(KafkaRangeReplay replay, ReplayFolder folder, ReplayRun run) {
        try {
            return replay.prepare(run.options(range.perSecond(), range.parallel()), folder);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--as: " + e.getMessage());
        }
    }

    private static OwnAgents agentsOf(ReplayRun run) {
        OwnAgents own = AgentsOption.load(run.agents().stream().map(Path::of).toList());
        return RangeOptions.withDefinitions(
                own, run.definitions().stream().map(Path::of).toList());
    }

    private static ReplaySummary summarize(ReplayFolder folder, ReplayRun run, List<Gate> gates, RunEnd end, int worst)
            throws IOException {
        SummaryBuilder builder = new SummaryBuilder(run, gates, worst);
        folder.each(builder::add);
        ReplaySummary summary = builder.build(end.complete(), end.skipped());
        folder.write("summary.json", new WireFormat().writeValue(summary));
        new ReportPage().write(folder, summary, builder.worst());
        return summary;
    }

    private void print(ReplayFolder folder, ReplaySummary summary) {
        PrintStream out = System.out;
        if (json) {
            out.println(new String(new WireFormat().writeValue(summary), StandardCharsets.UTF_8));
        } else {
            new SummaryPrinter(out).print(summary);
            out.printf("%-10s %s%n", "report", folder.path().resolve("report.html"));
        }
        if (!summary.complete()) {
            System.err.println("Interrupted. To continue: ./turnlane replay --resume " + folder.path());
        }
    }
}
