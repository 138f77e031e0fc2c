package io.turnlane.store.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RecentCountsTest {

    private static final long SECOND = 1_000_000_000;

    private final RecentCounts counts = new RecentCounts();

    @Test
    void countsTheLastMinuteAndForgetsWhatIsOlder() {
        counts.add(0, Map.of("a", 5L));
        assertThat(counts.lastMinute()).isEmpty();
        counts.add(30 * SECOND, Map.of("a", 7L, "b", 1L));
        assertThat(counts.lastMinute()).isEqualTo(Map.of("a", 2L, "b", 1L));
        counts.add(85 * SECOND, Map.of("a", 10L, "b", 1L));
        assertThat(counts.lastMinute()).isEqualTo(Map.of("a", 3L));
        counts.add(200 * SECOND, Map.of("a", 10L, "b", 1L));
        assertThat(counts.lastMinute()).isEmpty();
    }

    @Test
    void computesTheRateOfTheLastTenSeconds() {
        assertThat(counts.perSecond("a")).isZero();
        for (int second = 0; second <= 20; second++) {
            counts.add(second * SECOND, Map.of("a", second < 10 ? 0L : (second - 10) * 4L));
        }
        assertThat(counts.perSecond("a")).isEqualTo(4.0);
        assertThat(counts.perSecond("b")).isZero();
        counts.add(50 * SECOND, Map.of("a", 90L));
        assertThat(counts.perSecond("a"))
                .as("since the oldest reading, if none is recent")
                .isEqualTo(1.8);
    }
}
