package io.turnlane.processor.replay;

import io.turnlane.processor.turn.StepRetrier.Pause;
import java.time.Duration;

/** Limits the rate at which turns begin. Thread-safe. */
final class TurnPace {

    private final long intervalNanos;
    private final Pause pause;
    private long next = System.nanoTime();

    /** @param perSecond maximum number of turns per second; infinite for no limit */
    TurnPace(double perSecond, Pause pause) {
        this.intervalNanos = (long) (1e9 / perSecond);
        this.pause = pause;
    }

    /** Waits until the next turn may begin. */
    void await() {
        long wait = reserve();
        if (wait > 0) {
            pause.pause(Duration.ofNanos(wait));
        }
    }

    private synchronized long reserve() {
        long now = System.nanoTime();
        long at = next - now > 0 ? next : now;
        next = at + intervalNanos;
        return at - now;
    }
}
