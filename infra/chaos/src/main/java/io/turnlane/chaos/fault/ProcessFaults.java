package io.turnlane.chaos.fault;

import io.turnlane.chaos.rig.Rig;
import java.io.IOException;

/** Signals to the rig's own processes. The driver's thread only. */
final class ProcessFaults {

    private final Rig rig;
    private final RunningTurns running;

    ProcessFaults(Rig rig, RunningTurns running) {
        this.rig = rig;
        this.running = running;
    }

    void kill(String target) {
        rig.member(target).kill();
        running.gone(target);
    }

    void stop(String target) {
        rig.member(target).stop();
        running.gone(target);
    }

    /** Starts it again; whoever needs it meanwhile waits for it. */
    void start(String target) throws IOException, InterruptedException {
        rig.member(target).start();
    }

    void freeze(String target) {
        rig.member(target).freeze();
    }

    void thaw(String target) {
        rig.member(target).thaw();
    }
}
