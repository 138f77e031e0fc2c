package io.turnlane.chaos.load;

import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.LineWriter;

/** Where clients and faults are written down, and the run's clock that they are timed by. Any thread may write. */
public record HistoryRecorder(LineWriter lines, RunClock clock) {

    public long now() {
        return clock.now();
    }

    public void write(HistoryLine line) {
        lines.write(line);
    }
}
