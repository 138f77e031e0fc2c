package io.turnlane.standalone;

import io.turnlane.model.Answer;
import io.turnlane.model.TurnError;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.replay.RecordedTurn;
import io.turnlane.processor.replay.TurnOutcome;
import io.turnlane.processor.replay.TurnReplay.Replayed;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prints what was answered then and now: in two columns where the terminal is wide enough, else one after the other.
 */
final class ReplayPrinter {

    private static final int WIDE = 100;
    private static final String BETWEEN = " │ ";

    private final PrintStream out;
    private final int width;

    ReplayPrinter(PrintStream out, int width) {
        this.out = out;
        this.width = width;
    }

    /** Columns of the terminal, as the launcher says; 80 where it doesn't. */
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
                "%-10s %d earlier turns%s%n",
                "history",
                recorded.history().size(),
                recorded.missingTurns() == 0
                        ? ""
                        : "; the answers of " + recorded.missingTurns() + " more are gone from the log");
        out.printf("%-10s %s%n%n", "question", OneLine.of(recorded.ask().question(), Math.max(20, width - 11)));
        List<String> then = told(recorded.outcome());
        List<String> now = told(replayed.replayed());
        if (width >= WIDE) {
            besides(then, now);
        } else {
            oneAfterTheOther(then, now);
        }
        out.println();
        out.println(verdict(replayed));
    }

    static String verdict(Replayed replayed) {
        if (replayed.recorded().outcome() == null) {
            return "The log doesn't hold (any more) what was answered: nothing to compare with.";
        }
        return replayed.isSame() ? "The same." : "They differ.";
    }

    private void besides(List<String> then, List<String> now) {
        int column = (width - BETWEEN.length()) / 2;
        List<String> left = wrapped("THEN", then, column);
        List<String> right = wrapped("NOW", now, column);
        for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
            String line = i < left.size() ? left.get(i) : "";
            out.println(line
                    + " ".repeat(column - line.codePointCount(0, line.length()))
                    + BETWEEN
                    + (i < right.size() ? right.get(i) : ""));
        }
    }

    private void oneAfterTheOther(List<String> then, List<String> now) {
        wrapped("THEN", then, width).forEach(out::println);
        out.println();
        wrapped("NOW", now, width).forEach(out::println);
    }

    private static List<String> wrapped(String title, List<String> lines, int column) {
        List<String> all = new ArrayList<>(List.of(title));
        lines.forEach(line -> all.addAll(wrap(line, column)));
        return all;
    }

    /** At blanks where there are some; characters are counted as one column each. */
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

    private static List<String> told(@Nullable TurnOutcome outcome) {
        if (outcome == null) {
            return List.of("(gone from the log)");
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
