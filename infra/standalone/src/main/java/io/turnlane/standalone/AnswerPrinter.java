package io.turnlane.standalone;

import io.turnlane.client.TurnListener;
import io.turnlane.client.TurnStatus;
import io.turnlane.client.TurnUpdate;
import io.turnlane.client.TurnView;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * Prints an answer: its text to one stream, what is going on to the other. Somebody who watches sees it come; a file or
 * a pipe gets it when it is whole, for what an attempt said that failed can't be taken back there.
 */
final class AnswerPrinter implements TurnListener {

    private final PrintStream text;
    private final PrintStream notes;
    private final boolean watched;
    private boolean shown;

    /** @param watched whether the text is printed to a terminal */
    AnswerPrinter(PrintStream text, PrintStream notes, boolean watched) {
        this.text = text;
        this.notes = notes;
        this.watched = watched;
    }

    @Override
    public void onUpdate(TurnView turn, TurnUpdate news) {
        switch (news.type()) {
            case "delta" -> say(news.text());
            case "queued" -> notes.println("waiting behind " + turn.position() + " earlier");
            case "started" -> startOver();
            case "retrying" ->
                notes.println(lineBreak() + "tried again after: "
                        + news.data().path("error").path("message").asString("an error"));
            default -> {} // stages and artifacts are for pages
        }
    }

    private void say(String piece) {
        if (watched) {
            shown = true;
            text.print(piece);
            text.flush();
        }
    }

    /** What an earlier attempt said is void. */
    private void startOver() {
        if (shown) {
            notes.println(lineBreak() + "starting over");
            shown = false;
        }
    }

    private String lineBreak() {
        return shown ? "\n" : "";
    }

    /** Prints how it ended. */
    void end(TurnView turn) {
        if (turn.status() == TurnStatus.COMPLETED) {
            printAnswer(turn.answer());
        } else {
            String reason = Objects.requireNonNullElse(
                    turn.reason(), turn.error().path("message").asString(""));
            String code = turn.error().path("code").asString("");
            notes.println(lineBreak()
                    + turn.status().wire()
                    + (reason.isEmpty() ? "" : ": " + reason)
                    + (code.isEmpty() ? "" : " (" + code + ")"));
        }
    }

    private void printAnswer(JsonNode answer) {
        if (!shown) {
            text.print(answer.path("text").asString(""));
        }
        text.println();
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
        text.flush();
    }
}
