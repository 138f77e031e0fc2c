package io.turnlane.chaos.fault;

import io.turnlane.chaos.fault.act.LogKeeper;
import io.turnlane.chaos.fault.act.RunningTurns;
import io.turnlane.chaos.fault.act.SkippedFaultException;
import io.turnlane.chaos.fault.expect.FaultExpectations;
import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.load.ClientLoad;
import io.turnlane.chaos.load.HistoryRecorder;
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
    private final FaultActs acts;
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
        this.acts = FaultActs.of(rig, load, log, tag, random, running, expectations);
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
        Strike strike = awaitWork(fault);
        String id = Integer.toString(healing.size() + 1);
        long at = history.now();
        history.write(new HistoryLine.FaultBegan(
                at, "driver", id, fault.kind().word(), fault.target(), List.copyOf(strike.hit())));
        int done = begin(fault, strike);
        Thread.sleep(fault.kind().holds() ? fault.hold() : Duration.ZERO);
        healing.add(new Healing(fault, threads.submit(() -> {
            fault.kind().heal(acts, fault.target());
            long healed = history.now();
            history.write(new HistoryLine.FaultHealed(healed, "driver", id, Math.max(0, done)));
            return new InjectedFault(fault, at, healed, done);
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

    /** Starts the fault; returns the amount of work that it hit, or {@link InjectedFault#SKIPPED}. */
    private int begin(Fault fault, Strike strike) throws Exception {
        try {
            return fault.kind().begin(acts, strike);
        } catch (SkippedFaultException e) {
            expectations.skipped(fault + ": " + e.getMessage());
            return InjectedFault.SKIPPED;
        }
    }

    private Strike awaitWork(Fault fault) throws InterruptedException {
        long end = System.nanoTime() + WORK_LIMIT.toNanos();
        Strike strike = strike(fault);
        while (System.nanoTime() < end && strike.underWay() == 0) {
            Thread.sleep(POLL_MILLIS);
            strike = strike(fault);
        }
        return strike;
    }

    private Strike strike(Fault fault) {
        Set<String> hit = running.at(
                fault.target().equals(RigNetwork.KAFKA_OF_PROXIED_PROCESSOR)
                        ? RigNetwork.PROXIED_PROCESSOR
                        : fault.target());
        int gateway = rig.gatewayNames().indexOf(fault.target());
        return new Strike(
                fault.target(),
                fault.hold(),
                fault.amount(),
                hit,
                gateway >= 0 ? load.gateways().openCalls(gateway) : hit.size());
    }

    /**
     * Ends the faults of Redis that have not been healed, and the second Redis. Redis and the broker must be running.
     */
    public void undo() throws IOException, InterruptedException {
        acts.redis().undo();
        acts.failover().undo();
    }

    /** Cancels the restarts that are in progress. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
