package io.turnlane.standalone.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.processor.replay.RangeRun.RunProgress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReplayProgressTest {

    private static String line(int compared, int resumed, int waiting, double read, int seconds) {
        return ReplayProgress.line(
                new RunProgress(compared, 31, resumed, waiting, read, 0, 0, 0), Duration.ofSeconds(seconds));
    }

    @Test
    void showsTheRateAndTheRemainingTime() {
        assertThat(line(6_400, 0, 0, 0.5, 10)).isEqualTo("6,400 turns compared, 640/s, 31 differ, about 10 s left");
        assertThat(line(6_400, 0, 6_400, 0.5, 100))
                .as("half of the turns that have been read wait")
                .isEqualTo("6,400 turns compared, 64/s, 31 differ, about 5 min left");
        assertThat(line(0, 0, 0, 0, 3)).isEqualTo("reading the histories of sessions");
        assertThat(line(10, 5_000, 0, 0, 10)).contains("5,000 done before").doesNotContain("left");
    }
}
