package io.turnlane.chaos.fault;

import io.turnlane.chaos.history.Line;
import io.turnlane.chaos.load.History;
import io.turnlane.chaos.load.Load;
import io.turnlane.chaos.rig.Rig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does what a schedule says, one fault at a time, and writes it down. The driver's thread only. */
public final class Injector implements AutoCloseable {

    /** A fault waits so long for work to hit. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final int POLL_MILLIS = 5;

    private final Rig rig;
    private final Load load;
    private final History history;
    private final RunningTurns running;
    private final ProcessFaults processes;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Healing> healing = new ArrayList<>();

    private record Healing(Fault fault, Future<Injected> done) {}

    public Injector(Rig rig, Load load, History history) {
        this.rig = rig;
        this.load = load;
        this.history = history;
        this.running = new RunningTurns(rig);
        this.processes = new ProcessFaults(rig, running);
    }

    /**
     * Waits until there is something to hit, strikes, and holds. What was killed starts again in the background, so
     * that the next fault may strike meanwhile; {@link #awaitHealed} waits for it.
     */
    public void inject(Fault fault) throws Exception {
        Thread.sleep(fault.after());
        awaitUp(fault.target());
        Set<String> hit = awaitWork(fault);
        int underWay = underWay(fault, hit);
        String id = Integer.toString(healing.size() + 1);
        long at = history.now();
        history.write(new Line.FaultBegan(at, "driver", id, fault.kind().word(), fault.target()));
        begin(fault);
        Thread.sleep(fault.hold());
        healing.add(new Healing(fault, threads.submit(() -> {
            heal(fault);
            long healed = history.now();
            history.write(new Line.FaultHealed(healed, "driver", id, underWay, null));
            return new Injected(fault, at, healed, hit, underWay);
        })));
        if (!startsAgain(fault.kind())) {
            healing.getLast().done().get();
        }
    }

    /** Waits until all is healed that was done so far; what was done. */
    public List<Injected> awaitHealed() throws Exception {
        List<Injected> all = new ArrayList<>();
        for (Healing one : healing) {
            all.add(one.done().get());
        }
        return all;
    }

    private void awaitUp(String target) throws Exception {
        for (Healing one : healing) {
            if (one.fault().target().equals(target)) {
                one.done().get();
            }
        }
    }

    private static boolean startsAgain(Kind kind) {
        return kind == Kind.KILL || kind == Kind.STOP;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private void begin(Fault fault) throws Exception {
        switch (fault.kind()) {
            case KILL -> processes.kill(fault.target());
            case STOP -> processes.stop(fault.target());
            case FREEZE -> processes.freeze(fault.target());
            default -> throw new UnsupportedOperationException(fault.toString());
        }
    }

    private void heal(Fault fault) throws Exception {
        switch (fault.kind()) {
            case KILL, STOP -> processes.start(fault.target());
            case FREEZE -> processes.thaw(fault.target());
            default -> throw new UnsupportedOperationException(fault.toString());
        }
    }

    private Set<String> awaitWork(Fault fault) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Set<String> hit = running.at(fault.target());
        while (System.nanoTime() < end && underWay(fault, hit) == 0) {
            Thread.sleep(POLL_MILLIS);
            hit = running.at(fault.target());
        }
        return hit;
    }

    private int underWay(Fault fault, Set<String> hit) {
        int gateway = rig.gatewayNames().indexOf(fault.target());
        return gateway >= 0 ? load.gateways().underWay(gateway) : hit.size();
    }
}
