package io.turnlane.chaos.scenario;

import io.turnlane.chaos.check.Checker;
import io.turnlane.chaos.check.facts.Facts;
import io.turnlane.chaos.control.Control;
import io.turnlane.chaos.fault.Fault;
import io.turnlane.chaos.fault.FaultInjector;
import io.turnlane.chaos.fault.InjectedFault;
import io.turnlane.chaos.fault.expect.FaultExpectations;
import io.turnlane.chaos.history.LineWriter;
import io.turnlane.chaos.history.RunDescription;
import io.turnlane.chaos.history.RunFolder;
import io.turnlane.chaos.load.AcceptedTurns;
import io.turnlane.chaos.load.ClientLoad;
import io.turnlane.chaos.load.GatewayApi;
import io.turnlane.chaos.load.HistoryRecorder;
import io.turnlane.chaos.load.LoadTurn;
import io.turnlane.chaos.load.RunClock;
import io.turnlane.chaos.report.RunReport;
import io.turnlane.chaos.rig.LogTrim;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.model.topic.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * Runs scenarios on a rig, one at a time. Starts the load, injects the faults, heals them, waits for the end of all
 * turns, reads the topics and Redis, and checks the history. Used only by the driver's thread.
 */
public final class ScenarioRunner {

    /** Number of turns that memory keeps, which is the default of the processor. */
    private static final int HISTORY_TURNS = 10;

    /** Number of turns that end before the first fault, and again after the last heal, while clients ask. */
    private static final int TURNS_AROUND_FAULTS = 5;

    /** Many times what these turns need, so that a slow machine does not fail a run. */
    private static final Duration TURNS_LIMIT = Duration.ofSeconds(60);

    private static final Duration LAG_LIMIT = Duration.ofSeconds(10);

    /** Time limit for turns with a negative control. The checker has found the violation by then. */
    private static final Duration CONTROL_LIMIT = Duration.ofSeconds(10);

    private final Rig rig;
    private final ChaosProgress progress;
    private final String commit;
    private final Set<String> tags = ConcurrentHashMap.newKeySet();

    /** @param commit commit of the code under test */
    public ScenarioRunner(Rig rig, ChaosProgress progress, String commit) {
        this.rig = rig;
        this.progress = progress;
        this.commit = commit;
    }

    /** Runs a scenario and checks it. Does the same as {@link #run(ScenarioRun)} with the scenario's own schedule. */
    public ScenarioResult run(Scenario scenario, long seed, Form form, Path folder) throws Exception {
        return run(new ScenarioRun(scenario, scenario.plan(seed, form), seed, form, folder));
    }

    /**
     * Settings of a scenario's run.
     *
     * @param plan faults to inject
     * @param folder folder for the history
     */
    public record ScenarioRun(Scenario scenario, List<Fault> plan, long seed, Form form, Path folder) {
        public ScenarioRun {
            plan = List.copyOf(plan);
        }
    }

    /**
     * Runs a scenario and checks it. If the run is aborted by an exception, heals the rig and waits for the end of the
     * accepted turns before it throws this exception, so that the next run begins on a healthy and idle rig.
     */
    public ScenarioResult run(ScenarioRun one) throws Exception {
        long begun = System.nanoTime();
        RunFolder run = new RunFolder(one.folder());
        RunClock clock = RunClock.start();
        RunSessions sessions = RunSessions.of(one.scenario(), clock, tags);
        run.describe(description(one, clock));
        deleteEarlierRecords();
        try (Consumer<byte[], byte[]> consumer = TopicDump.consumer(rig)) {
            StartPositions starts = StartPositions.of(rig, consumer);
            TopicDump topics = new TopicDump(consumer, starts, run, clock, sessions);
            LoadOutcome load = runLoad(one, new LiveRun(run, clock, sessions, topics));
            topics.write();
            copyMemoryAndJournals(run, sessions, starts, load.acceptedTurns().all());
            Facts facts = Facts.of(run);
            RunReport report = RunReport.of(facts, Checker.check(run, facts));
            List<String> unmet = new ArrayList<>(load.unfinished());
            unmet.addAll(load.expectations().unmet(facts));
            unmet.addAll(ScenarioLimits.exceeded(report, one.scenario(), one.form()));
            unmet.addAll(vacuous(load.faults()));
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            return new ScenarioResult(one.scenario(), one.seed(), one.folder(), took, report.withUnmet(unmet));
        }
    }

    /** Objects of a run while its load runs. */
    private record LiveRun(RunFolder folder, RunClock clock, RunSessions sessions, TopicDump topics) {}

    /** Results of the load and the faults that are checked after the run. */
    private record LoadOutcome(
            AcceptedTurns acceptedTurns,
            List<InjectedFault> faults,
            FaultExpectations expectations,
            List<String> unfinished) {}

    /**
     * Runs the clients and injects the faults; returns after the heal, when all turns have ended or the limit has
     * passed.
     */
    private LoadOutcome runLoad(ScenarioRun one, LiveRun live) throws Exception {
        String tag = live.sessions().tag();
        try (LineWriter lines = LineWriter.buffered(live.folder().history())) {
            HistoryRecorder history = new HistoryRecorder(lines, live.clock());
            try (ClientLoad load = new ClientLoad(new GatewayApi(rig.gateways()), history);
                    CommitWatch commits = new CommitWatch(rig, history);
                    FaultInjector injector = new FaultInjector(
                            rig, load, history, live.topics(), tag, new SplittableRandom(one.seed()))) {
                List<InjectedFault> faults;
                try {
                    load.start(tag, one.scenario().profile(), one.seed());
                    awaitTurns(load, injector.expectations(), "before the first fault");
                    faults = inject(one.plan(), injector);
                    rig.heal();
                    injector.undo();
                } catch (Exception aborted) {
                    cleanUp(one, injector, load, commits, aborted);
                    throw aborted;
                }
                awaitTurns(load, injector.expectations(), "after the last heal");
                Duration settle = settle(one);
                List<String> unfinished = load.finish(settle).stream()
                        .map(turn -> unfinished(turn, settle))
                        .toList();
                commits.awaitNoLag(LAG_LIMIT);
                return new LoadOutcome(load.acceptedTurns(), faults, injector.expectations(), unfinished);
            }
        }
    }

    private void awaitTurns(ClientLoad load, FaultExpectations expectations, String when) throws InterruptedException {
        Duration limit = limit(TURNS_LIMIT);
        boolean ended = load.awaitEnds(TURNS_AROUND_FAULTS, limit);
        expectations.failIf(
                !ended,
                "fewer than %d turns ended within %d s %s".formatted(TURNS_AROUND_FAULTS, limit.toSeconds(), when));
    }

    /** Returns the time in which all accepted turns must end after the last fault is healed. */
    private Duration settle(ScenarioRun one) {
        return limit(Scenario.settle(one.plan()));
    }

    /** Returns this limit, which is shorter with a negative control, because its turns may never end. */
    private Duration limit(Duration regular) {
        return rig.control() == null ? regular : CONTROL_LIMIT;
    }

    private List<InjectedFault> inject(List<Fault> plan, FaultInjector injector) throws Exception {
        for (Fault fault : plan) {
            injector.inject(fault);
        }
        List<InjectedFault> faults = injector.awaitHealed();
        faults.forEach(progress::fault);
        injector.expectations().skipped().forEach(progress::skipped);
        return faults;
    }

    /** Ends all faults of an aborted run, and waits for the ends of its turns. */
    private void cleanUp(
            ScenarioRun one, FaultInjector injector, ClientLoad load, CommitWatch commits, Exception aborted) {
        try {
            injector.close(); // a restart in progress would compete with the heal
            rig.heal();
            injector.undo();
            load.finish(settle(one));
            commits.awaitNoLag(LAG_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            aborted.addSuppressed(e);
        }
    }

    private void copyMemoryAndJournals(
            RunFolder run, RunSessions sessions, StartPositions starts, Collection<LoadTurn> turns) throws IOException {
        new MemoryDump(run)
                .write(
                        rig.redisUrl(),
                        turns.stream().map(LoadTurn::session).collect(Collectors.toCollection(TreeSet::new)));
        for (String processor : rig.processorNames()) {
            long from = starts.journals().getOrDefault(processor, 0L);
            new JournalCopy(sessions).write(rig.journal(processor), from, run.agent(processor));
        }
    }

    /**
     * Deletes the questions and events of earlier runs, all of which have ended. A rebuild of memory then reads only
     * the records of its own run, and the position of a scenario in a command does not affect its times.
     */
    private void deleteEarlierRecords() throws InterruptedException, ExecutionException {
        try (LogTrim trim = new LogTrim(rig.kafka())) {
            trim.deleteBefore(trim.ends(List.of(Topics.DEFAULT.turns(), Topics.DEFAULT.events())));
        }
    }

    private RunDescription description(ScenarioRun one, RunClock clock) {
        Control control = rig.control();
        return new RunDescription(
                one.scenario().name(),
                one.seed(),
                commit,
                machine(),
                clock.originEpochMicros(),
                HISTORY_TURNS,
                settle(one).toSeconds(),
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
