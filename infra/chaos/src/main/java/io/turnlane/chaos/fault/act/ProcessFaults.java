package io.turnlane.chaos.fault.act;

import io.turnlane.chaos.fault.expect.FaultExpectations;
import io.turnlane.chaos.rig.Rig;
import io.turnlane.chaos.rig.RigSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/**
 * Faults that signal the rig's processes. The driver's thread calls all methods. Another thread can call {@link #start}
 * and {@link #thaw}, which heal faults.
 */
public final class ProcessFaults {

    /** Longest time that a stopping process may need beyond its drain budget. */
    private static final Duration AFTER_DRAIN = Duration.ofSeconds(2);

    private final Rig rig;
    private final RunningTurns running;
    private final FaultExpectations expectations;

    public ProcessFaults(Rig rig, RunningTurns running, FaultExpectations expectations) {
        this.rig = rig;
        this.running = running;
        this.expectations = expectations;
    }

    public void kill(String target) {
        rig.member(target).kill();
        running.processEnded(target);
    }

    /**
     * Sends SIGTERM and waits for the end of the process. A stopped processor must end in time. No processor may run
     * the turns in {@code hit} again.
     */
    public void stop(String target, Set<String> hit) {
        long begun = System.nanoTime();
        rig.member(target).stop();
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        running.processEnded(target);
        if (target.startsWith("processor-")) {
            Duration limit = RigSettings.DRAIN_BUDGET.plus(AFTER_DRAIN);
            expectations.failIf(took.compareTo(limit) > 0, "%s took %d ms to stop".formatted(target, took.toMillis()));
            hit.forEach(request -> expectations.expectRuns(request, 1));
        }
    }

    public void start(String target) throws IOException, InterruptedException {
        rig.member(target).start();
    }

    public void freeze(String target) {
        rig.member(target).freeze();
    }

    public void thaw(String target) {
        rig.member(target).thaw();
    }
}
