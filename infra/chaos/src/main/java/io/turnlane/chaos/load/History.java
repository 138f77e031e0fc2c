package io.turnlane.chaos.load;

import io.turnlane.chaos.history.Line;
import io.turnlane.chaos.history.LineWriter;

/** Where clients and faults are written down, and the run's clock that they are timed by. Any thread may write. */
public record History(LineWriter lines, RunClock clock) {

    public long now() {
        return clock.now();
    }

    public void write(Line line) {
        lines.write(line);
    }
}
