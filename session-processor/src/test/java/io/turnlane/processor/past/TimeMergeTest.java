package io.turnlane.processor.past;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimeMergeTest {

    private final TimeMerge<String, String> merge = new TimeMerge<>(Duration.ofSeconds(10));

    @Test
    void placesCommandsBeforeEventsWithinTheSlackOnly() {
        merge.command(at(0), "c0");
        merge.command(at(12), "c12");
        merge.command(at(30), "c30");
        merge.event(at(5), "e5");
        merge.event(at(6), "e6");
        assertThat(all(false, false)).containsExactly("c0", "c12", "e5", "e6", "c30");
    }

    @Test
    void waitsForItemsThatMayStillPrecede() {
        merge.event(at(5), "e5");
        assertThat(all(true, true)).as("a question may follow").isEmpty();
        merge.command(at(1), "c1");
        assertThat(all(true, true)).containsExactly("c1");
        assertThat(all(false, true)).containsExactly("e5");
        merge.command(at(7), "c7");
        assertThat(all(true, true)).as("an event may follow").isEmpty();
        assertThat(all(true, false)).containsExactly("c7");
    }

    private List<String> all(boolean moreCommands, boolean moreEvents) {
        List<String> all = new ArrayList<>();
        for (var next = merge.next(moreCommands, moreEvents);
                next != null;
                next = merge.next(moreCommands, moreEvents)) {
            all.add(next.command() == null ? next.event() : next.command());
        }
        return all;
    }

    private static Instant at(long seconds) {
        return Instant.EPOCH.plusSeconds(seconds);
    }
}
