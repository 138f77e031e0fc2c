package io.turnlane.chaos.fault;

import io.turnlane.chaos.fault.act.FailoverFaults;
import io.turnlane.chaos.fault.act.IdleGroupMembers;
import io.turnlane.chaos.fault.act.NetworkFaults;
import io.turnlane.chaos.fault.act.OutageFaults;
import io.turnlane.chaos.fault.act.ProcessFaults;
import io.turnlane.chaos.fault.act.QuestionFaults;
import io.turnlane.chaos.fault.act.RedisFaults;
import io.turnlane.chaos.fault.act.TurnsTopicFaults;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.load.ClientLoad;
import io.turnlane.chaos.load.HistoryRecorder;
import io.turnlane.chaos.load.LoadTurn;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.chaos.rig.RigNetwork;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;

/** Injects the faults of a schedule one at a time and records them in the history. Used only by the driver's thread. */
public final class FaultInjector implements AutoCloseable {

    /** Longest wait for work that the fault can hit. */
    private static final Duration WORK_LIMIT = Duration.ofSeconds(4);

    private static final int POLL_MILLIS = 5;

    private final Rig rig;
    private final ClientLoad load;
    private final HistoryRecorder history;
    private final RunningTurns running;
    private final FaultExpectations expectations = new FaultExpectations();
    private final ProcessFaults processes;
    private final NetworkFaults network;
    private final RedisFaults redis;
    private final IdleGroupMembers groupMembers;
    private final TurnsTopicFaults turns;
    private final QuestionFaults questions;
    private final FailoverFaults failover;
    private final OutageFaults outages;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Healing> healing = new ArrayList<>();

    private record Healing(Fault fault, Future<InjectedFault> done) {}

    /**
     * Creates an injector for one run.
     *
     * @param log copies records before a fault deletes them
     * @param tag prefix of the names of the run's sessions
     * @param random source of the random data in faults
     */
    public FaultInjector(
            Rig rig, ClientLoad load, HistoryRecorder history, LogKeeper log, String tag, RandomGenerator random) {
        this.rig = rig;
        this.load = load;
        this.history = history;
        this.running = new RunningTurns(rig);
        this.processes = new ProcessFaults(rig, running, expectations);
        this.network = new NetworkFaults(rig.network());
        this.redis = new RedisFaults(rig);
        this.groupMembers = new IdleGroupMembers(rig);
        this.turns = new TurnsTopicFaults(rig, tag, random, expectations);
        this.questions = new QuestionFaults(rig, load, tag, expectations, running);
        this.failover = new FailoverFaults(rig);
        this.outages = new OutageFaults(rig, load, redis, questions, running, log, expectations);
    }

    /**
     * Waits for work that the fault can hit, starts the fault, and heals it after {@link Fault#hold}. A killed or
     * stopped process restarts in the background, so that the next fault can begin in the meantime.
     * {@link #awaitHealed} waits for the restart.
     */
    public void inject(Fault fault) throws Exception {
        Thread.sleep(fault.after());
        awaitEarlierFaults(fault.target());
        awaitOtherProcessor(fault.target());
        Set<String> hit = awaitWork(fault);
        int underWay = underWay(fault, hit);
        String id = Integer.toString(healing.size() + 1);
        long at = history.now();
        history.write(new HistoryLine.FaultBegan(at, "driver", id, fault.kind().word(), fault.target()));
        int done = begin(fault, hit, underWay);
        Thread.sleep(fault.kind().holds() ? fault.hold() : Duration.ZERO);
        healing.add(new Healing(fault, threads.submit(() -> {
            heal(fault);
            long healed = history.now();
            history.write(new HistoryLine.FaultHealed(healed, "driver", id, Math.max(0, done), null));
            return new InjectedFault(fault, at, healed, hit, done);
        })));
        if (!fault.kind().startsAgain()) {
            healing.getLast().done().get();
        }
    }

    /** Waits until all faults so far are healed; returns them. */
    public List<InjectedFault> awaitHealed() throws Exception {
        List<InjectedFault> all = new ArrayList<>();
        for (Healing one : healing) {
            all.add(one.done().get());
        }
        return all;
    }

    public FaultExpectations expectations() {
        return expectations;
    }

    private void awaitEarlierFaults(String target) throws Exception {
        for (Healing one : healing) {
            if (one.fault().target().equals(target)) {
                one.done().get();
            }
        }
    }

    /** Waits until a processor other than the target is running, so that it can continue the target's turns. */
    private void awaitOtherProcessor(String target) throws Exception {
        if (!rig.processorNames().contains(target)) {
            return;
        }
        List<Healing> away = healing.stream()
                .filter(one -> !one.done().isDone())
                .filter(one -> rig.processorNames().contains(one.fault().target()))
                .toList();
        if (away.size() >= rig.processorNames().size() - 1) {
            away.getFirst().done().get();
        }
    }

    /** Starts the fault; returns the amount of work that it hit. */
    private int begin(Fault fault, Set<String> hit, int underWay) throws Exception {
        String target = fault.target();
        return switch (fault.kind()) {
            case KILL -> act(underWay, () -> processes.kill(target));
            case STOP -> act(underWay, () -> processes.stop(target, hit));
            case FREEZE -> act(underWay, () -> processes.freeze(target));
            case FLUSH -> act(underWay, redis::flush);
            case FORGET -> redis.forget(sessionsOf(hit, fault.amount()));
            case FAILOVER -> act(underWay, failover::demoteMaster);
            case MEMORY_FULL -> act(underWay, redis::fillMemory);
            case DISK_FULL -> redis.fillDisk() ? underWay : skipped(fault);
            case HALF_OPEN -> act(underWay, () -> network.halfOpen(target));
            case SLOW -> act(underWay, () -> network.slow(target));
            case SWALLOW -> network.swallow(target, fault.amount());
            case GHOST -> act(underWay, () -> groupMembers.joinAndLeave(fault.amount(), fault.hold()));
            case THROWING -> questions.askThrowing(fault.amount());
            case KILLER -> questions.askKilling(fault.amount());
            case LONG_RUN -> questions.askLongRunning(fault.hold());
            case OVERSIZE -> act(questions.askOversized(), turns::publishOversized);
            case BAD_RECORDS -> act(fault.amount(), () -> turns.publishUnreadable(fault.amount()));
            case DUPLICATES -> turns.publishDuplicates(fault.amount());
            case DEADLINES -> questions.askWithDeadlines();
            case CANCEL_FLUSH -> outages.flushAfterCancels(fault.amount());
            case TRIM -> outages.deleteRecords(fault.amount());
        };
    }

    /** Returns sessions of some of these requests. */
    private List<String> sessionsOf(Set<String> requests, int most) {
        return load.acceptedTurns().all().stream()
                .filter(turn -> requests.contains(turn.request()))
                .map(LoadTurn::session)
                .distinct()
                .limit(most)
                .toList();
    }

    @FunctionalInterface
    private interface FaultAction {
        void run() throws Exception;
    }

    private static int act(int hits, FaultAction action) throws Exception {
        action.run();
        return hits;
    }

    private int skipped(Fault fault) {
        expectations.skipped(fault + ": this machine cannot mount a small disk, or Redis did not fill it");
        return InjectedFault.SKIPPED;
    }

    private void heal(Fault fault) throws Exception {
        switch (fault.kind()) {
            case KILL, STOP -> processes.start(fault.target());
            case FREEZE -> processes.thaw(fault.target());
            case FAILOVER -> failover.completeFailover();
            case MEMORY_FULL -> redis.freeMemory();
            case DISK_FULL -> redis.freeDisk();
            case HALF_OPEN, SLOW, SWALLOW -> network.heal(fault.target());
            case FLUSH,
                    FORGET,
                    GHOST,
                    THROWING,
                    KILLER,
                    LONG_RUN,
                    OVERSIZE,
                    BAD_RECORDS,
                    DUPLICATES,
                    DEADLINES,
                    CANCEL_FLUSH,
                    TRIM -> {}
        }
    }

    private Set<String> awaitWork(Fault fault) throws InterruptedException {
        String target = fault.target().equals(RigNetwork.KAFKA_OF_PROXIED_PROCESSOR)
                ? RigNetwork.PROXIED_PROCESSOR
                : fault.target();
        long end = System.nanoTime() + WORK_LIMIT.toNanos();
        Set<String> hit = running.at(target);
        while (System.nanoTime() < end && underWay(fault, hit) == 0) {
            Thread.sleep(POLL_MILLIS);
            hit = running.at(target);
        }
        return hit;
    }

    private int underWay(Fault fault, Set<String> hit) {
        int gateway = rig.gatewayNames().indexOf(fault.target());
        return gateway >= 0 ? load.gateways().openCalls(gateway) : hit.size();
    }

    /**
     * Ends the faults of Redis that have not been healed, and the second Redis. Redis and the broker must be running.
     */
    public void undo() throws IOException, InterruptedException {
        redis.undo();
        failover.undo();
    }

    /** Cancels the restarts that are in progress. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
