package io.turnlane.processor.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AgentTimesTest {

    private Instant now = Instant.parse("2026-11-21T06:00:00Z");
    private final AgentTimes times = new AgentTimes(() -> now);

    @Test
    void returnsNothingWithoutEnoughRecentCalls() {
        for (int i = 0; i < 4; i++) {
            report("echo", "completed", 100);
        }
        report("echo", "failed", 100);
        assertThat(times.meanTime("echo")).as("four calls are too few").isEmpty();
        report("echo", "completed", 100);
        assertThat(times.meanTime("echo")).contains(Duration.ofMillis(100));
        assertThat(times.meanTime("other")).isEmpty();
        assertThat(times.meanTime(null)).isEmpty();
        now = now.plusSeconds(600);
        assertThat(times.meanTime("echo")).as("the calls are too old").isEmpty();
        assertThat(times.meanTimes()).isEmpty();
    }

    @Test
    void followsTheLatestTimes() {
        for (int i = 0; i < 30; i++) {
            report("echo", "completed", 100);
        }
        for (int i = 0; i < 20; i++) {
            report("echo", "completed", 1000);
        }
        assertThat(times.meanTimes().get("echo")).isBetween(Duration.ofMillis(980), Duration.ofMillis(1000));
    }

    private void report(String agent, String outcome, int millis) {
        times.flightEnded(new TurnReport(
                SessionKey.of(null, new SessionId("s")),
                new RequestId(UUID.randomUUID()),
                agent,
                outcome,
                "",
                1,
                Map.of(Phase.PROVIDER_CALL_START, now, Phase.PROVIDER_CALL_END, now.plusMillis(millis)),
                Map.of()));
    }
}
