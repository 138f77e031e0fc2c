package io.turnlane.chaos.fault;

import io.turnlane.chaos.fault.act.IdleGroupMembers;
import io.turnlane.chaos.fault.act.NetworkFaults;
import io.turnlane.chaos.fault.act.ProcessFaults;
import io.turnlane.chaos.fault.act.QuestionFaults;
import io.turnlane.chaos.fault.act.RedisFaults;
import io.turnlane.chaos.fault.act.TurnsTopicFaults;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.load.ClientLoad;
import io.turnlane.chaos.load.HistoryRecorder;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.chaos.rig.RigNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;

/** Does what a schedule says, one fault at a time, and writes it down. The driver's thread only. */
public final class FaultInjector implements AutoCloseable {

    /** A fault waits so long for work to hit. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final int POLL_MILLIS = 5;

    private final Rig rig;
    private final ClientLoad load;
    private final HistoryRecorder history;
    private final RunningTurns running;
    private final FaultExpectations expectations = new FaultExpectations();
    private final ProcessFaults processes;
    private final NetworkFaults cables;
    private final RedisFaults redis;
    private final IdleGroupMembers ghosts;
    private final TurnsTopicFaults turns;
    private final QuestionFaults questions;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Healing> healing = new ArrayList<>();

    private record Healing(Fault fault, Future<InjectedFault> done) {}

    /**
     * For one run.
     *
     * @param tag what the names of the run's sessions begin with
     * @param random what faults draw that have more to choose than the schedule says
     */
    public FaultInjector(Rig rig, ClientLoad load, HistoryRecorder history, String tag, RandomGenerator random) {
        this.rig = rig;
        this.load = load;
        this.history = history;
        this.running = new RunningTurns(rig);
        this.processes = new ProcessFaults(rig, running, expectations);
        this.cables = new NetworkFaults(rig.network());
        this.redis = new RedisFaults(rig);
        this.ghosts = new IdleGroupMembers(rig);
        this.turns = new TurnsTopicFaults(rig, tag, random, expectations);
        this.questions = new QuestionFaults(rig, load, tag, expectations, running);
    }

    /**
     * Waits until there is something to hit, strikes, and holds. What was killed starts again in the background, so
     * that the next fault may strike meanwhile; {@link #awaitHealed} waits for it.
     */
    public void inject(Fault fault) throws Exception {
        Thread.sleep(fault.after());
        awaitUp(fault.target());
        awaitSuccessor(fault.target());
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

    /** Waits until all is healed that was done so far; what was done. */
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

    private void awaitUp(String target) throws Exception {
        for (Healing one : healing) {
            if (one.fault().target().equals(target)) {
                one.done().get();
            }
        }
    }

    /** Turns go on elsewhere only where there is an elsewhere: of the processors one other is left standing. */
    private void awaitSuccessor(String target) throws Exception {
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

    /** Strikes; how much it hit. */
    private int begin(Fault fault, Set<String> hit, int underWay) throws Exception {
        String target = fault.target();
        return switch (fault.kind()) {
            case KILL -> after(underWay, () -> processes.kill(target));
            case STOP -> after(underWay, () -> processes.stop(target, hit));
            case FREEZE -> after(underWay, () -> processes.freeze(target));
            case FLUSH -> after(underWay, redis::flush);
            case MEMORY_FULL -> after(underWay, redis::fillMemory);
            case DISK_FULL -> redis.fillDisk() ? underWay : skipped(fault);
            case HALF_OPEN -> after(underWay, () -> cables.halfOpen(target));
            case SLOW -> after(underWay, () -> cables.slow(target));
            case SWALLOW -> cables.swallow(target, fault.amount());
            case GHOST -> after(underWay, () -> ghosts.joinAndLeave(fault.amount(), fault.hold()));
            case THROWING -> questions.askThrowing(fault.amount());
            case KILLER -> questions.askKilling(fault.amount());
            case LONG_RUN -> questions.askLongRunning(fault.hold());
            case OVERSIZE -> after(questions.askOversized(), turns::publishOversized);
            case BAD_RECORDS -> after(fault.amount(), () -> turns.publishUnreadable(fault.amount()));
            case DUPLICATES -> turns.publishDuplicates(fault.amount());
        };
    }

    /** Something that may fail. */
    @FunctionalInterface
    private interface FaultAction {
        void act() throws Exception;
    }

    private static int after(int hits, FaultAction deed) throws Exception {
        deed.act();
        return hits;
    }

    private int skipped(Fault fault) {
        expectations.skipped(fault + ": no small disk can be mounted here, or this Redis does not move to it");
        return InjectedFault.SKIPPED;
    }

    private void heal(Fault fault) throws Exception {
        switch (fault.kind()) {
            case KILL, STOP -> processes.start(fault.target());
            case FREEZE -> processes.thaw(fault.target());
            case MEMORY_FULL -> redis.freeMemory();
            case DISK_FULL -> redis.freeDisk();
            case HALF_OPEN, SLOW, SWALLOW -> cables.heal(fault.target());
            case FLUSH, GHOST, THROWING, KILLER, LONG_RUN, OVERSIZE, BAD_RECORDS, DUPLICATES -> {}
        }
    }

    private Set<String> awaitWork(Fault fault) throws InterruptedException {
        String where = fault.target().equals(RigNetwork.KAFKA_OF_PROXIED_PROCESSOR)
                ? RigNetwork.PROXIED_PROCESSOR
                : fault.target();
        long end = System.nanoTime() + PATIENCE.toNanos();
        Set<String> hit = running.at(where);
        while (System.nanoTime() < end && underWay(fault, hit) == 0) {
            Thread.sleep(POLL_MILLIS);
            hit = running.at(where);
        }
        return hit;
    }

    private int underWay(Fault fault, Set<String> hit) {
        int gateway = rig.gatewayNames().indexOf(fault.target());
        return gateway >= 0 ? load.gateways().openCalls(gateway) : hit.size();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
