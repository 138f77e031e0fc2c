package io.turnlane.chaos.fault;

import io.turnlane.chaos.history.Line;
import io.turnlane.chaos.load.History;
import io.turnlane.chaos.load.Load;
import io.turnlane.chaos.rig.Rig;
import java.time.Duration;
import java.util.Set;

/** Does what a schedule says, one fault at a time, and writes it down. The driver's thread only. */
public final class Injector {

    /** A fault waits so long for work to hit. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final int POLL_MILLIS = 5;

    private final Rig rig;
    private final Load load;
    private final History history;
    private final RunningTurns running;
    private final ProcessFaults processes;
    private int faults;

    public Injector(Rig rig, Load load, History history) {
        this.rig = rig;
        this.load = load;
        this.history = history;
        this.running = new RunningTurns(rig);
        this.processes = new ProcessFaults(rig, running);
    }

    /** Waits until there is something to hit, strikes, holds, and heals. */
    public Injected inject(Fault fault) throws Exception {
        Thread.sleep(fault.after());
        Set<String> hit = awaitWork(fault);
        int underWay = underWay(fault, hit);
        int id = ++faults;
        long at = history.now();
        history.write(new Line.FaultBegan(
                at, "driver", Integer.toString(id), fault.kind().word(), fault.target()));
        begin(fault);
        Thread.sleep(fault.hold());
        heal(fault);
        history.write(new Line.FaultHealed(history.now(), "driver", Integer.toString(id), underWay, null));
        return new Injected(fault, at, history.now(), hit, underWay);
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
