package io.turnlane.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AnswerPrinterTest {

    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final ByteArrayOutputStream notes = new ByteArrayOutputStream();
    private final AnswerPrinter printer = new AnswerPrinter(
            new PrintStream(text, true, StandardCharsets.UTF_8), new PrintStream(notes, true, StandardCharsets.UTF_8));

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private static final JsonNode COMPLETED = json("""
            {"answer": {"text": "Two words", "confidence": 0.834,
             "sources": [{"id": "amm-03", "title": "Pools", "score": 0.83}]}}""");

    @Test
    void printsPiecesAsTheyComeAndThenWhereTheyAreFrom() {
        printer.onEvent("started", json("{}"));
        printer.onEvent("delta", json("{\"text\":\"Two \"}"));
        assertThat(text.toString(StandardCharsets.UTF_8)).isEqualTo("Two ");
        printer.onEvent("delta", json("{\"text\":\"words\"}"));
        printer.onEnd("completed", COMPLETED);

        assertThat(text.toString(StandardCharsets.UTF_8))
                .isEqualTo("Two words\n\nconfidence 0.83\nsource     0.83  amm-03  Pools\n");
        assertThat(notes.size()).isZero();
        assertThat(printer.completed()).isTrue();
    }

    @Test
    void printsTheWholeTextWhereNoPiecesCame() {
        printer.onEnd("completed", COMPLETED);
        assertThat(text.toString(StandardCharsets.UTF_8)).startsWith("Two words\n");
    }

    @Test
    void saysThatAnEarlierAttemptIsVoid() {
        printer.onEvent("delta", json("{\"text\":\"Half\"}"));
        printer.onEvent("started", json("{}"));
        assertThat(notes.toString(StandardCharsets.UTF_8)).contains("starting over");
    }

    @Test
    void aFailureIsToldWithItsReason() {
        printer.onEnd("failed", json("{\"error\":{\"code\":\"agent_error\",\"message\":\"no luck\"}}"));
        assertThat(notes.toString(StandardCharsets.UTF_8)).isEqualTo("failed: no luck (agent_error)\n");
        assertThat(printer.completed()).isFalse();
    }
}
