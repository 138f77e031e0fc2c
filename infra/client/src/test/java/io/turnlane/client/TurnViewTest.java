package io.turnlane.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TurnViewTest {

    private final TurnView turn = new TurnView();

    private boolean apply(String type, int attempt, int seq, String fields) {
        String data = "{\"attempt\":%d,\"seq\":%d%s}".formatted(attempt, seq, fields);
        return turn.apply(
                new TurnUpdate(Optional.empty(), type, JsonMapper.shared().readTree(data)));
    }

    private boolean delta(int attempt, int seq, int pos, String text) {
        return apply("delta", attempt, seq, ",\"pos\":%d,\"text\":\"%s\"".formatted(pos, text));
    }

    @Test
    void neverJoinsTextOfTwoAttempts() {
        delta(1, 1, 0, "old");
        apply("retrying", 1, 2, "");
        assertThat(turn.status()).isEqualTo(TurnStatus.RETRYING);
        apply("started", 2, 0, "");
        assertThat(delta(1, 3, 3, " late")).as("event of an abandoned attempt").isFalse();
        delta(2, 1, 0, "new");

        assertThat(turn.text()).isEqualTo("new");
    }

    @Test
    void ignoresDuplicatesAndCutsOverlappingText() {
        delta(1, 1, 0, "😀a");
        assertThat(delta(1, 1, 0, "😀a")).isFalse();
        delta(1, 2, 1, "ab");

        assertThat(turn.text()).isEqualTo("😀ab");
    }

    @Test
    void withholdsTextAfterAGapUntilTheEnd() {
        delta(1, 1, 0, "a");
        apply("gap", 1, 1, ",\"snapshot\":{\"status\":\"running\"}");
        delta(1, 5, 4, "e");
        assertThat(turn.text()).isEqualTo("a");

        apply("completed", 1, 6, ",\"answer\":{\"text\":\"abcde\"}");
        assertThat(turn.text()).isEqualTo("abcde");
    }

    @Test
    void aTerminalSnapshotEndsTheTurn() {
        apply("gap", 1, 0, ",\"snapshot\":{\"status\":\"cancelled\",\"reason\":\"asked to\"}");

        assertThat(turn.status()).isEqualTo(TurnStatus.CANCELLED);
        assertThat(turn.reason()).isEqualTo("asked to");
    }

    @Test
    void ignoresEventsAfterTheEnd() {
        apply("failed", 1, 3, ",\"error\":{\"code\":\"poison\"}");

        assertThat(delta(2, 0, 0, "x")).isFalse();
        assertThat(apply("completed", 2, 1, ",\"answer\":{\"text\":\"x\"}")).isFalse();
        assertThat(turn.status()).isEqualTo(TurnStatus.FAILED);
    }
}
