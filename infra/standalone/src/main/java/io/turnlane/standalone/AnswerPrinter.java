package io.turnlane.standalone;

import io.turnlane.standalone.client.Conversation;
import java.io.PrintStream;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Prints an answer as it comes: its text to one stream, what is going on to the other. */
final class AnswerPrinter implements Conversation.Listener {

    private final PrintStream text;
    private final PrintStream notes;
    private boolean shown;
    private boolean completed;

    AnswerPrinter(PrintStream text, PrintStream notes) {
        this.text = text;
        this.notes = notes;
    }

    boolean completed() {
        return completed;
    }

    @Override
    public void onEvent(String type, JsonNode data) {
        switch (type) {
            case "delta" -> {
                shown = true;
                text.print(data.path("text").asString(""));
                text.flush();
            }
            case "queued" ->
                notes.println("waiting behind " + data.path("position").asInt(0) + " earlier");
            case "started" -> startOver();
            case "retrying" ->
                notes.println(lineBreak() + "tried again after: "
                        + data.path("error").path("message").asString("an error"));
            default -> {} // stages and artifacts are for pages
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

    @Override
    public void onEnd(String status, JsonNode data) {
        completed = status.equals("completed");
        if (completed) {
            printAnswer(data.path("answer"));
        } else {
            JsonNode error = data.path("error");
            String reason = error.path("message").asString(data.path("reason").asString(""));
            notes.println(lineBreak()
                    + status
                    + (reason.isEmpty() ? "" : ": " + reason)
                    + (error.has("code") ? " (" + error.path("code").asString("") + ")" : ""));
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
