package io.turnlane.standalone.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.standalone.terminal.Screen.Tone;
import io.turnlane.standalone.terminal.TextTable.Cell;
import io.turnlane.standalone.terminal.TextTable.TableColumn;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tables fit the screen, and colours appear only where they are wanted. */
class TextTableTest {

    private static TextTable table() {
        TextTable table = new TextTable(
                TableColumn.whole("ID", 0),
                TableColumn.text("NAME", 5, 2),
                TableColumn.number("N", 1),
                TableColumn.text("STATE", 3, 0));
        table.add(Cell.of("a1"), Cell.of("a long name"), Cell.of("7"), Cell.of("failed", Tone.BAD));
        table.add(Cell.of("b22"), Cell.of("b\u001b[2J"), Cell.of("1234"), Cell.of("ok"));
        return table;
    }

    private static Screen wide(int width) {
        return new Screen(true, width, false);
    }

    @Test
    void alignsTextsLeftAndNumbersRight() {
        assertThat(table().lines(Screen.FILE))
                .containsExactly(
                        "ID   NAME            N  STATE",
                        "a1   a long name     7  failed",
                        "b22  b\uFFFD[2J        1234  ok");
    }

    @Test
    void cutsTextsAndThenLeavesOutColumnsUntilTheLinesFit() {
        assertThat(table().lines(wide(26)).get(1)).isEqualTo("a1   a long…     7  failed");
        assertThat(table().lines(wide(21)))
                .containsExactly("ID   NAME      N  ST…", "a1   a lo…     7  fa…", "b22  b\uFFFD[2J  1234  ok")
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(21));
        assertThat(table().lines(wide(15))).containsExactly("ID      N  STA…", "a1      7  fai…", "b22  1234  ok");
        assertThat(table().lines(wide(8))).containsExactly("ID   ST…", "a1   fa…", "b22  ok");
        assertThat(table().lines(wide(2)).get(1))
                .as("never less than the last columns")
                .isEqualTo("a1   fa…");
    }

    @Test
    void coloursOnlyTheTextAndOnlyOnATerminalThatWantsColours() {
        assertThat(table().lines(new Screen(true, 80, true)).get(1)).endsWith("7  \u001b[31mfailed\u001b[0m");
        assertThat(List.of(
                        Screen.ofTerminal(Map.of("NO_COLOR", "1", "COLUMNS", "100")),
                        Screen.ofTerminal(Map.of("TERM", "dumb", "COLUMNS", "100"))))
                .allSatisfy(screen -> {
                    assertThat(screen.paint("x", Tone.BAD)).isEqualTo("x");
                    assertThat(screen.width()).isEqualTo(100);
                });
        assertThat(Screen.ofTerminal(Map.of("NO_COLOR", "", "COLUMNS", "100")).colours())
                .isTrue();
        assertThat(Screen.FILE.paint("x", Tone.BAD)).isEqualTo("x");
        assertThat(Screen.FILE.clear()).isEmpty();
    }

    @Test
    void writesShortDurations() {
        assertThat(List.of(0.0354, 1.25, 59.96, 123.0, 3900.0, 90_000.0))
                .map(TimeTexts::of)
                .containsExactly("35ms", "1.3s", "1m00s", "2m03s", "1h05m", "1d01h");
        assertThat(TimeTexts.between("2026-11-21T06:00:00.100Z", "2026-11-21T06:00:00.350Z"))
                .isEqualTo("250ms");
        assertThat(TimeTexts.between("2026-11-21T06:00:00.100Z", "")).isEqualTo("-");
        assertThat(TimeTexts.utc("2026-11-21T06:00:00.100Z")).isEqualTo("2026-11-21 06:00:00");
    }
}
