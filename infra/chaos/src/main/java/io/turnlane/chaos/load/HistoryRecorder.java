package io.turnlane.chaos.load;

import io.turnlane.chaos.history.HistoryLine;
import io.turnlane.chaos.history.LineWriter;

/**
 * Records the lines of clients and faults. Also provides the run's clock, from which the lines get their times. Any
 * thread may write.
 */
public record HistoryRecorder(LineWriter lines, RunClock clock) {

    public long now() {
        return clock.now();
    }

    public void write(HistoryLine line) {
        lines.write(line);
    }
}
