package io.turnlane.chaos.scenario;

import io.turnlane.chaos.check.Checker;
import io.turnlane.chaos.check.finding.Verdict;
import io.turnlane.chaos.control.Control;
import io.turnlane.chaos.fault.Fault;
import io.turnlane.chaos.fault.FaultExpectations;
import io.turnlane.chaos.fault.FaultInjector;
import io.turnlane.chaos.fault.InjectedFault;
import io.turnlane.chaos.history.LineWriter;
import io.turnlane.chaos.history.RunDescription;
import io.turnlane.chaos.history.RunFolder;
import io.turnlane.chaos.load.AcceptedTurns;
import io.turnlane.chaos.load.ClientLoad;
import io.turnlane.chaos.load.GatewayApi;
import io.turnlane.chaos.load.HistoryRecorder;
import io.turnlane.chaos.load.LoadTurn;
import io.turnlane.chaos.load.RunClock;
import io.turnlane.chaos.rig.Rig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * Runs scenarios on a rig, one at a time. Starts the load, injects the faults, heals them, waits for the end of all
 * turns, reads the topics and Redis, and checks the history. Used only by the driver's thread.
 */
public final class ScenarioRunner {

    /** Number of turns that memory keeps, which is the default of the processor. */
    private static final int HISTORY_TURNS = 10;

    private static final Duration BEFORE_FAULTS = Duration.ofSeconds(1);
    private static final Duration AFTER_HEAL = Duration.ofSeconds(1);
    private static final Duration LAG_LIMIT = Duration.ofSeconds(10);

    private final Rig rig;
    private final ChaosProgress progress;
    private final String commit;

    /** @param commit commit of the code under test */
    public ScenarioRunner(Rig rig, ChaosProgress progress, String commit) {
        this.rig = rig;
        this.progress = progress;
        this.commit = commit;
    }

    /**
     * Runs a scenario and checks it.
     *
     * @param folder folder for the history
     */
    public ScenarioResult run(Scenario scenario, long seed, Form form, Path folder) throws Exception {
        long begun = System.nanoTime();
        RunFolder run = new RunFolder(folder);
        RunClock clock = RunClock.start();
        Duration settle = Scenario.settle(scenario.plan(seed, form));
        run.describe(description(scenario, seed, settle, clock));
        List<InjectedFault> faults = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer = TopicDump.consumer(rig)) {
            StartPositions starts = StartPositions.of(rig, consumer);
            List<String> violations = new ArrayList<>();
            LoadOutcome load = runLoad(scenario, seed, form, run, clock, faults, violations);
            read(run, clock, consumer, starts, load.acceptedTurns().all());
            RunMeasurements measured =
                    RunMeasurements.of(run, faults, load.acceptedTurns().resumptions());
            violations.addAll(load.expectations().unmet(run));
            violations.addAll(measured.unmet(scenario, form));
            violations.addAll(vacuous(faults));
            Verdict verdict = Checker.check(run);
            verdict.violations().forEach(violation -> violations.add(violation.toString()));
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            return new ScenarioResult(scenario, seed, form, folder, took, faults, measured, verdict, violations);
        }
    }

    private record LoadOutcome(AcceptedTurns acceptedTurns, FaultExpectations expectations) {}

    /**
     * Runs the clients and injects the faults; returns after the heal, when all turns have ended or the limit has
     * passed.
     */
    private LoadOutcome runLoad(
            Scenario scenario,
            long seed,
            Form form,
            RunFolder run,
            RunClock clock,
            List<InjectedFault> faults,
            List<String> violations)
            throws Exception {
        try (LineWriter lines = LineWriter.buffered(run.history())) {
            HistoryRecorder history = new HistoryRecorder(lines, clock);
            try (ClientLoad load = new ClientLoad(new GatewayApi(rig.gateways()), history);
                    CommitWatch commits = new CommitWatch(rig, history);
                    FaultInjector injector =
                            new FaultInjector(rig, load, history, tag(scenario, clock), new SplittableRandom(seed))) {
                load.start(tag(scenario, clock), scenario.profile(), seed);
                Thread.sleep(BEFORE_FAULTS);
                List<Fault> plan = scenario.plan(seed, form);
                for (Fault fault : plan) {
                    injector.inject(fault);
                }
                faults.addAll(injector.awaitHealed());
                faults.forEach(progress::fault);
                injector.expectations().skipped().forEach(progress::skipped);
                rig.heal();
                Thread.sleep(AFTER_HEAL);
                Duration settle = Scenario.settle(plan);
                load.finish(settle).stream()
                        .map(turn -> unfinished(turn, settle))
                        .forEach(violations::add);
                commits.awaitNoLag(LAG_LIMIT);
                return new LoadOutcome(load.acceptedTurns(), injector.expectations());
            }
        }
    }

    private void read(
            RunFolder run,
            RunClock clock,
            Consumer<byte[], byte[]> consumer,
            StartPositions starts,
            Collection<LoadTurn> turns)
            throws IOException {
        new TopicDump(run, clock).write(consumer, starts);
        new MemoryDump(run)
                .write(
                        rig.redisUrl(),
                        turns.stream().map(LoadTurn::session).collect(Collectors.toCollection(TreeSet::new)));
        for (String processor : rig.processorNames()) {
            copyFrom(rig.journal(processor), starts.journals().getOrDefault(processor, 0L), run.agent(processor));
        }
    }

    private static void copyFrom(Path source, long from, Path target) throws IOException {
        if (Files.exists(source)) {
            try (InputStream in = Files.newInputStream(source)) {
                in.skipNBytes(from);
                Files.copy(in, target);
            }
        }
    }

    private RunDescription description(Scenario scenario, long seed, Duration settle, RunClock clock) {
        Control control = rig.settings().control();
        return new RunDescription(
                scenario.name(),
                seed,
                commit,
                machine(),
                clock.originEpochMicros(),
                HISTORY_TURNS,
                settle.toSeconds(),
                control == null ? null : control.word());
    }

    private static String machine() {
        return "%d cores, %s %s, Java %s"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        System.getProperty("java.version"));
    }

    /** Returns a prefix for session names that no other run on this rig uses. */
    private static String tag(Scenario scenario, RunClock clock) {
        return scenario.name().toLowerCase(Locale.ROOT) + Long.toString(clock.originEpochMicros() / 1000, 36);
    }

    private static String unfinished(LoadTurn turn, Duration limit) {
        return "I8: request %s of session %s has no end %d s after all faults were healed"
                .formatted(turn.request(), turn.session(), limit.toSeconds());
    }

    /**
     * Returns a violation if fewer than 80 % of the faults hit work in progress, because a fault that hits no work
     * tests nothing.
     */
    private static List<String> vacuous(List<InjectedFault> all) {
        List<InjectedFault> faults = all.stream().filter(InjectedFault::done).toList();
        long hits = faults.stream().filter(fault -> fault.underWay() > 0).count();
        return hits * 10 >= faults.size() * 8L
                ? List.of()
                : List.of("vacuous: only %d of %d faults hit work in progress".formatted(hits, faults.size()));
    }
}
