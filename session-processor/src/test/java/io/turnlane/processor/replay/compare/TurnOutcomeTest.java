package io.turnlane.processor.replay.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.Usage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TurnOutcomeTest {

    /** JSON readers return the smallest Java type that holds a number. An agent may use any type. */
    @Test
    void comparesNumbersInArtifactsByTheirValues() {
        TurnOutcome recorded = outcome(Map.of("count", 5, "share", 0.5));
        assertThat(recorded.matches(outcome(Map.of("count", 5L, "share", 0.5f))))
                .isTrue();
        assertThat(recorded.matches(outcome(Map.of("count", 6L, "share", 0.5f))))
                .isFalse();
    }

    private static TurnOutcome outcome(Map<String, Object> artifact) {
        return new TurnOutcome(new Answer("", null, List.of(), List.of(artifact), Usage.NONE), null);
    }
}
