package io.turnlane.standalone;

import io.turnlane.client.TurnListener;
import io.turnlane.client.TurnStatus;
import io.turnlane.client.TurnUpdate;
import io.turnlane.client.TurnView;
import io.turnlane.model.TurnPolicy;
import io.turnlane.standalone.terminal.OneLine;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * Prints the answer of a turn to one stream and its progress to another. On a terminal, text appears as it arrives. In
 * a file or a pipe, the answer appears only at the end, because the text of a failed attempt could not be removed.
 */
final class AnswerPrinter implements TurnListener {

    /** Maximum length of a tool's name, in characters. */
    private static final int MAX_NAME = 100;

    private static final String MERGED = "merged into a later question of this session (superseded)";

    private final PrintStream text;
    private final PrintStream notes;
    private final boolean terminal;
    private boolean shown;

    /** @param terminal true if the answer is printed to a terminal */
    AnswerPrinter(PrintStream text, PrintStream notes, boolean terminal) {
        this.text = text;
        this.notes = notes;
        this.terminal = terminal;
    }

    @Override
    public void onUpdate(TurnView turn, TurnUpdate update) {
        switch (update.type()) {
            case "delta" -> printPiece(update.text());
            case "queued" -> notes.println("queued; turns ahead in this session: " + turn.position());
            case "started" -> discardShownText();
            case "retrying" ->
                notes.println(lineBreak() + "attempt failed, retrying: "
                        + update.data().path("error").path("message").asString("unknown error"));
            case "tool_call" -> printToolCall(update.data());
            default -> {} // stages are not shown on the command line, and artifacts are part of the answer
        }
    }

    private void printPiece(String piece) {
        if (terminal) {
            shown = true;
            text.print(piece);
            text.flush();
        }
    }

    private void printToolCall(JsonNode call) {
        notes.println(lineBreak()
                + String.format(
                        Locale.ROOT,
                        "tool %s: %s after %.3f s",
                        OneLine.of(call.path("tool").asString(""), MAX_NAME),
                        call.path("outcome").asString("").replace('_', ' '),
                        call.path("duration").asDouble(0)));
    }

    private void discardShownText() {
        if (shown) {
            notes.println(lineBreak() + "starting over; ignore the text above");
            shown = false;
        }
    }

    private String lineBreak() {
        return shown ? "\n" : "";
    }

    /** Prints the end of the turn: the answer, or the status with its reason. */
    void end(TurnView turn) {
        if (turn.status() == TurnStatus.COMPLETED) {
            printAnswer(turn.answer());
        } else {
            notes.println(lineBreak() + (isMerged(turn) ? MERGED : outcome(turn)));
        }
    }

    private static boolean isMerged(TurnView turn) {
        return turn.status() == TurnStatus.SUPERSEDED
                && TurnPolicy.COALESCE.reason().equals(turn.reason());
    }

    private static String outcome(TurnView turn) {
        String reason = Objects.requireNonNullElse(
                turn.reason(), turn.error().path("message").asString(""));
        String code = turn.error().path("code").asString("");
        return turn.status().wire()
                + (reason.isEmpty() ? "" : ": " + reason)
                + (code.isEmpty() ? "" : " (" + code + ")");
    }

    private void printAnswer(JsonNode answer) {
        if (!shown) {
            text.print(answer.path("text").asString(""));
        }
        text.println();
        ArtifactPrinter artifacts = new ArtifactPrinter(text);
        answer.path("artifacts").forEach(artifacts::print);
        if (answer.path("confidence").isNumber()) {
            text.printf(
                    Locale.ROOT,
                    "%nconfidence %.2f%n",
                    answer.path("confidence").asDouble());
        }
        for (JsonNode source : answer.path("sources")) {
            text.printf(
                    Locale.ROOT,
                    "source     %.2f  %s  %s%n",
                    source.path("score").asDouble(0),
                    source.path("id").asString(""),
                    source.path("title").asString(""));
        }
        if (answer.path("suggestions").isArray()) {
            text.printf("%nThe nearest questions that the agent can answer:%n");
        }
        for (JsonNode question : answer.path("suggestions")) {
            text.println("- " + question.asString(""));
        }
        text.flush();
    }
}
