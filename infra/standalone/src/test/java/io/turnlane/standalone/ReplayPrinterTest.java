package io.turnlane.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.AgentStates;
import io.turnlane.model.Answer;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnPolicy;
import io.turnlane.processor.replay.RecordedTurn;
import io.turnlane.processor.replay.TurnReplay.Replayed;
import io.turnlane.processor.replay.compare.TurnOutcome;
import io.turnlane.standalone.terminal.OneLine;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplayPrinterTest {

    private static final Instant AT = Instant.parse("2026-11-21T06:00:00Z");

    private static Replayed replayed(String then, String now) {
        Ask ask = new Ask(
                RequestId.parse("0192f1de-7a3c-7000-8000-000000000001"),
                new SessionId("s-1"),
                null,
                "echo",
                "why?",
                Map.of(),
                Duration.ofHours(1),
                AT,
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                null);
        TurnOutcome before = then == null ? null : new TurnOutcome(Answer.ofText(then), null);
        return new Replayed(
                new RecordedTurn(ask, 0, 7, AT, List.of(), List.of(), AgentStates.NONE, 0, before),
                new TurnOutcome(Answer.ofText(now), null));
    }

    private static List<String> printed(Replayed replayed, int width) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ReplayPrinter(new PrintStream(bytes, true, StandardCharsets.UTF_8), width).print(replayed);
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void printsSideBySideOnAWideTerminal() {
        List<String> lines = printed(replayed("because of this", "because of that"), 100);
        assertThat(lines).anyMatch(line -> line.matches("RECORDED +│ NEW"));
        assertThat(lines).anyMatch(line -> line.matches("because of this +│ because of that"));
        assertThat(lines).last().isEqualTo("The answers differ.");
        assertThat(lines).allMatch(line -> line.length() <= 100);
    }

    @Test
    void printsOneBelowTheOtherOnANarrowTerminal() {
        List<String> lines = printed(replayed("the same", "the same"), 60);
        assertThat(lines).containsSubsequence("RECORDED", "the same", "NEW", "the same", "The answers are the same.");
    }

    @Test
    void explainsThatTheRecordedAnswerIsMissing() {
        assertThat(printed(replayed(null, "new"), 80)).last().asString().contains("nothing to compare with");
    }

    @Test
    void breaksLongLinesAtBlanksAndLongWordsAnywhere() {
        assertThat(ReplayPrinter.wrap("one two three", 7)).containsExactly("one two", "three");
        assertThat(ReplayPrinter.wrap("abcdefgh", 3)).containsExactly("abc", "def", "gh");
        assertThat(ReplayPrinter.wrap("", 3)).containsExactly("");
    }

    @Test
    void removesControlCharactersFromForeignText() {
        assertThat(OneLine.of("a\u001b[2Jb\nc", 60)).isEqualTo("a\uFFFD[2Jb c");
        assertThat(OneLine.of("abcdef", 4)).isEqualTo("abc…");
    }
}
