package io.turnlane.gateway.operations.agents;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.gateway.turns.deliver.AgentEnd;
import io.turnlane.model.RequestTimes;
import io.turnlane.model.agent.WayBack;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Figures by which the way back of a route judges a target. */
class TargetWindowTest {

    private static final long NOW = 1_790_000_000_000L;
    private static final WayBack ERRORS = new WayBack(0.1, null, Duration.ofSeconds(60), 20, null);
    private static final WayBack TIMES = new WayBack(null, Duration.ofSeconds(2), Duration.ofSeconds(60), 20, null);

    @Test
    void isExceededByAShareOfFailedTurnsAboveTheLimit() {
        TargetWindow window = new TargetWindow(ERRORS);
        complete(window, 18, Duration.ofSeconds(1), NOW);
        fail(window, 2, "agent_error", NOW);
        assertThat(window.violation(NOW)).as("2 of 20 are 10 %").isEmpty();
        fail(window, 1, "agent_timeout", NOW);
        assertThat(window.violation(NOW)).contains("3 of 21 turns failed within 60 s, which is more than 10 %");
    }

    @Test
    void isNotExceededBeforeThereAreEnoughTurns() {
        TargetWindow window = new TargetWindow(ERRORS);
        fail(window, 19, "agent_error", NOW);
        assertThat(window.violation(NOW)).isEmpty();
        fail(window, 1, "agent_error", NOW);
        assertThat(window.violation(NOW)).isPresent();
    }

    @Test
    void forgetsTurnsThatEndedBeforeTheWindow() {
        TargetWindow window = new TargetWindow(ERRORS);
        fail(window, 30, "agent_error", NOW);
        assertThat(window.violation(NOW + 50_000)).isPresent();
        assertThat(window.violation(NOW + 61_000)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"deadline_exceeded", "expired", "unknown_agent", "unavailable", "unreadable_record"})
    void ignoresFailuresForWhichTheAgentIsNotTheReason(String code) {
        TargetWindow window = new TargetWindow(ERRORS);
        fail(window, 30, code, NOW);
        assertThat(window.violation(NOW)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cancelled", "superseded", "rejected"})
    void ignoresTurnsThatEndedWithoutAnAnswerAndWithoutAnError(String type) {
        TargetWindow window = new TargetWindow(ERRORS);
        for (int i = 0; i < 30; i++) {
            window.add(new AgentEnd("v2", NOW, type, null, null));
        }
        fail(window, 3, "agent_error", NOW);
        assertThat(window.violation(NOW)).as("only 3 turns count").isEmpty();
    }

    @Test
    void isExceededIfMoreThanATwentiethOfTheAnswersTakesTooLong() {
        TargetWindow window = new TargetWindow(TIMES);
        complete(window, 38, Duration.ofSeconds(2), NOW);
        complete(window, 2, Duration.ofSeconds(3), NOW);
        assertThat(window.violation(NOW)).as("2 of 40 are 5 %").isEmpty();
        complete(window, 1, Duration.ofSeconds(3), NOW);
        assertThat(window.violation(NOW))
                .contains("3 of 41 answers within 60 s took longer than 2 s, which is more than 5 %");
    }

    private static void complete(TargetWindow window, int turns, Duration runTime, long at) {
        Instant end = Instant.ofEpochMilli(at);
        for (int i = 0; i < turns; i++) {
            window.add(new AgentEnd("v2", at, "completed", null, new RequestTimes(end.minus(runTime), end, end)));
        }
    }

    private static void fail(TargetWindow window, int turns, String code, long at) {
        for (int i = 0; i < turns; i++) {
            window.add(new AgentEnd("v2", at, "failed", code, null));
        }
    }
}
