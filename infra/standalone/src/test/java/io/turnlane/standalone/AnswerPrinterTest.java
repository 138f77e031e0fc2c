package io.turnlane.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.client.TurnUpdate;
import io.turnlane.client.TurnView;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class AnswerPrinterTest {

    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final ByteArrayOutputStream notes = new ByteArrayOutputStream();
    private AnswerPrinter printer = printer(true);

    private final TurnView turn = new TurnView();
    private int seq;

    private AnswerPrinter printer(boolean terminal) {
        return new AnswerPrinter(
                new PrintStream(text, true, StandardCharsets.UTF_8),
                new PrintStream(notes, true, StandardCharsets.UTF_8),
                terminal);
    }

    private void handle(String type, int attempt, String fields) {
        String data = "{\"attempt\":%d,\"seq\":%d%s}".formatted(attempt, seq++, fields);
        TurnUpdate update =
                new TurnUpdate(Optional.empty(), type, JsonMapper.shared().readTree(data));
        turn.apply(update);
        printer.onUpdate(turn, update);
    }

    private void complete() {
        handle("completed", 1, """
                ,"answer": {"text": "Two words", "confidence": 0.834,
                 "sources": [{"id": "amm-03", "title": "Pools", "score": 0.83}]}""");
        printer.end(turn);
    }

    @Test
    void printsTheTextWhileItArrivesAndThenItsSources() {
        handle("started", 1, "");
        handle("delta", 1, ",\"pos\":0,\"text\":\"Two \"");
        assertThat(text.toString(StandardCharsets.UTF_8)).isEqualTo("Two ");
        handle("delta", 1, ",\"pos\":4,\"text\":\"words\"");
        complete();

        assertThat(text.toString(StandardCharsets.UTF_8))
                .isEqualTo("Two words\n\nconfidence 0.83\nsource     0.83  amm-03  Pools\n");
        assertThat(notes.size()).isZero();
    }

    @Test
    void printsTheWholeTextIfNoPiecesArrived() {
        complete();
        assertThat(text.toString(StandardCharsets.UTF_8)).startsWith("Two words\n");
    }

    @Test
    void printsTheQuestionsThatTheAgentSuggests() {
        handle("completed", 1, """
                ,"answer": {"text": "No idea", "confidence": null, "sources": [],
                 "suggestions": ["What is a pool?", "What is gas?"]}""");
        printer.end(turn);
        assertThat(text.toString(StandardCharsets.UTF_8)).isEqualTo("""
                No idea

                The nearest questions that the agent can answer:
                - What is a pool?
                - What is gas?
                """);
    }

    @Test
    void printsTablesWithAlignedColumns() {
        handle("completed", 1, """
                ,"answer": {"text": "So.", "artifacts": [{"type": "table", "title": "Value of a deposit",
                 "columns": [{"name": "Change", "unit": "%"}, "Pool", {"name": "Note", "align": "right"}],
                 "rows": [[-50, 70.71, "half\\nof it"], [100, 141.4, null], [0.5, null, "ü"]]}]}""");
        printer.end(turn);
        assertThat(text.toString(StandardCharsets.UTF_8)).isEqualTo("""
                So.

                Value of a deposit

                Change (%)    Pool        Note
                ----------  ------  ----------
                     -50.0   70.71  half of it
                     100.0  141.40
                       0.5                   ü
                """);
    }

    @Test
    void printsChartsAsTheirTextAlternativeAndTheFirstRowsOfTheirData() {
        String values = IntStream.range(0, 21)
                .mapToObj(i -> "{\"loss\": 0.0%d, \"token\": \"T%d\"}".formatted(i, i))
                .collect(Collectors.joining(","));
        handle("completed", 1, """
                ,"answer": {"text": "So.", "artifacts": [{"type": "chart", "title": "Loss", "alt": "It grows.",
                 "spec": {"layer": [{"mark": "bar", "data": {"values": [%s]}, "encoding":
                 {"y": {"field": "loss", "title": "Loss in %%"}, "x": {"field": "token"}}}]}}]}""".formatted(values));
        printer.end(turn);
        assertThat(text.toString(StandardCharsets.UTF_8))
                .startsWith("""
                        So.

                        Loss
                        It grows.

                        token  Loss in %
                        -----  ---------
                        T0         0.000
                        T1         0.010
                        """)
                .endsWith("T19        0.019\nThe first 20 of 21 rows.\n");
    }

    @Test
    void printsAnArtifactOfAnotherFormAsJsonWithoutControlCharacters() {
        handle("completed", 1, """
                ,"answer": {"text": "So.", "artifacts": [{"title": "\\u001b[31mRed", "value": 3}]}""");
        printer.end(turn);
        assertThat(text.toString(StandardCharsets.UTF_8))
                .startsWith("So.\n\n\uFFFD[31mRed\n{")
                .doesNotContain("\u001b");
    }

    @Test
    void printsTheCallsOfTools() {
        handle("tool_call", 1, ",\"tool\":\"search\",\"duration\":1.25,\"outcome\":\"timed_out\"");
        assertThat(notes.toString(StandardCharsets.UTF_8)).isEqualTo("tool search: timed out after 1.250 s\n");
    }

    @Test
    void discardsTheTextOfAnEarlierAttempt() {
        handle("delta", 1, ",\"pos\":0,\"text\":\"Half\"");
        handle("started", 2, "");
        assertThat(notes.toString(StandardCharsets.UTF_8)).contains("starting over");
    }

    @Test
    void printsOnlyTheLastAttemptToAPipe() {
        printer = printer(false);
        handle("delta", 1, ",\"pos\":0,\"text\":\"Half\"");
        handle("started", 2, "");
        handle("delta", 2, ",\"pos\":0,\"text\":\"Two words\"");
        complete();
        assertThat(text.toString(StandardCharsets.UTF_8)).startsWith("Two words\n");
    }

    @Test
    void printsAFailureWithItsReason() {
        handle("failed", 1, ",\"error\":{\"code\":\"agent_error\",\"message\":\"no luck\"}");
        printer.end(turn);
        assertThat(notes.toString(StandardCharsets.UTF_8)).isEqualTo("failed: no luck (agent_error)\n");
    }

    @Test
    void printsThatAQuestionWasMerged() {
        handle("superseded", 0, ",\"reason\":\"coalesced\",\"by\":\"r-2\"");
        printer.end(turn);
        assertThat(notes.toString(StandardCharsets.UTF_8))
                .isEqualTo("merged into a later question of this session (superseded)\n");
    }
}
