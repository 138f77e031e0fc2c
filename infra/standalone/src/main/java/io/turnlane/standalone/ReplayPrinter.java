package io.turnlane.standalone;

import io.turnlane.model.Answer;
import io.turnlane.model.TurnError;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.replay.RecordedTurn;
import io.turnlane.processor.replay.TurnReplay.Replayed;
import io.turnlane.processor.replay.compare.TurnOutcome;
import io.turnlane.standalone.terminal.Counted;
import io.turnlane.standalone.terminal.OneLine;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prints the recorded and the new answer: in two columns if the terminal is wide enough, otherwise one below the other.
 */
final class ReplayPrinter {

    private static final int WIDE = 100;
    private static final String SEPARATOR = " │ ";

    private final PrintStream out;
    private final int width;

    ReplayPrinter(PrintStream out, int width) {
        this.out = out;
        this.width = width;
    }

    /**
     * Returns the width of the terminal in columns, which the launcher script sets as {@code COLUMNS}; 80 if it is
     * missing or invalid.
     */
    static int width(Map<String, String> environment) {
        String columns = environment.getOrDefault("COLUMNS", "");
        return columns.matches("[1-9]\\d{1,3}") ? Integer.parseInt(columns) : 80;
    }

    void print(Replayed replayed) {
        RecordedTurn recorded = replayed.recorded();
        out.printf("%-10s %s%n", "request", recorded.ask().requestId());
        out.printf("%-10s %s%n", "session", recorded.ask().sessionId());
        out.printf("%-10s %s%n", "agent", OneLine.of(recorded.ask().agent(), 64));
        out.printf("%-10s %s%n", "asked", recorded.ask().createdAt());
        out.printf(
                "%-10s earlier turns: %d%s%n",
                "history",
                recorded.history().size(),
                recorded.missingTurns() == 0
                        ? ""
                        : "; the log no longer has the answers of " + Counted.of(recorded.missingTurns(), "other"));
        out.printf("%-10s %s%n%n", "question", OneLine.of(recorded.ask().question(), Math.max(20, width - 11)));
        List<String> recordedLines = describe(recorded.outcome());
        List<String> newLines = describe(replayed.replayed());
        if (width >= WIDE) {
            printSideBySide(recordedLines, newLines);
        } else {
            printStacked(recordedLines, newLines);
        }
        out.println();
        out.println(verdict(replayed));
    }

    static String verdict(Replayed replayed) {
        if (replayed.recorded().outcome() == null) {
            return "The log does not have the recorded answer, so there is nothing to compare with.";
        }
        return replayed.isSame() ? "The answers are the same." : "The answers differ.";
    }

    private void printSideBySide(List<String> recordedLines, List<String> newLines) {
        int column = (width - SEPARATOR.length()) / 2;
        List<String> left = wrapped("RECORDED", recordedLines, column);
        List<String> right = wrapped("NEW", newLines, column);
        for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
            String line = i < left.size() ? left.get(i) : "";
            out.println(line
                    + " ".repeat(column - line.codePointCount(0, line.length()))
                    + SEPARATOR
                    + (i < right.size() ? right.get(i) : ""));
        }
    }

    private void printStacked(List<String> recordedLines, List<String> newLines) {
        wrapped("RECORDED", recordedLines, width).forEach(out::println);
        out.println();
        wrapped("NEW", newLines, width).forEach(out::println);
    }

    private static List<String> wrapped(String title, List<String> lines, int column) {
        List<String> all = new ArrayList<>(List.of(title));
        lines.forEach(line -> all.addAll(wrap(line, column)));
        return all;
    }

    /** Breaks a line at blanks if possible. Counts each character as one column. */
    static List<String> wrap(String line, int column) {
        List<String> lines = new ArrayList<>();
        String rest = line.replaceAll("\\p{Cc}", " ");
        while (rest.codePointCount(0, rest.length()) > column) {
            int most = rest.offsetByCodePoints(0, column);
            int blank = rest.lastIndexOf(' ', most);
            int end = blank > 0 ? blank : most;
            lines.add(rest.substring(0, end));
            rest = rest.substring(end).stripLeading();
        }
        lines.add(rest);
        return lines;
    }

    private static List<String> describe(@Nullable TurnOutcome outcome) {
        if (outcome == null) {
            return List.of("(not in the log)");
        }
        Answer answer = outcome.answer();
        TurnError error = outcome.error();
        if (answer == null) {
            return List.of(error == null ? "failed" : "failed: " + error.code(), error == null ? "" : error.message());
        }
        List<String> lines = new ArrayList<>(answer.text().lines().toList());
        if (answer.confidence() != null) {
            lines.add(String.format(Locale.ROOT, "confidence %.2f", answer.confidence()));
        }
        answer.sources()
                .forEach(source ->
                        lines.add(String.format(Locale.ROOT, "source     %.2f  %s", source.score(), source.id())));
        return lines;
    }

    void json(Replayed replayed) {
        RecordedTurn recorded = replayed.recorded();
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("request_id", recorded.ask().requestId());
        all.put("session_id", recorded.ask().sessionId());
        all.put("agent", recorded.ask().agent());
        all.put("question", recorded.ask().question());
        all.put("asked_at", recorded.ask().createdAt());
        all.put("history", recorded.history());
        all.put("history_lost", recorded.missingTurns());
        all.put("recorded", recorded.outcome());
        all.put("replayed", replayed.replayed());
        all.put("same", recorded.outcome() == null ? null : replayed.isSame());
        out.println(new String(new WireFormat().writeValue(all), StandardCharsets.UTF_8));
    }
}
