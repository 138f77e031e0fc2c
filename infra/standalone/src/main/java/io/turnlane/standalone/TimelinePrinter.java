package io.turnlane.standalone;

import io.turnlane.standalone.terminal.OneLine;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Prints a timeline: a line for each step, with the time since the acceptance of the turn. */
final class TimelinePrinter {

    private static final int MAX_TEXT = 200;

    private final PrintStream out;

    TimelinePrinter(PrintStream out) {
        this.out = out;
    }

    void print(JsonNode timeline) {
        line("request", timeline.path("request_id").asString(""));
        line("session", timeline.path("session_id").asString(""));
        line(
                "status",
                timeline.path("status").asString("")
                        + text(timeline, "agent")
                                .map(agent -> ", agent " + agent)
                                .orElse("")
                        + text(timeline, "route")
                                .map(route -> " of route " + route)
                                .orElse(""));
        Optional.of(timeline.path("waiting").path("sentence").asString(""))
                .filter(sentence -> !sentence.isEmpty())
                .ifPresent(sentence -> line("waiting", sentence));
        out.println();
        Optional<Instant> accepted = time(timeline, "accepted_at");
        boolean isDelivered = false;
        for (JsonNode step : timeline.path("steps")) {
            printStep(step, accepted);
            isDelivered |= step.path("step").asString("").equals("delivered");
        }
        boolean complete = timeline.path("complete").asBoolean(true);
        if (!complete) {
            out.println("The log could not be read completely, so steps can be missing.");
        } else if (timeline.has("ended_at") && !isDelivered) {
            out.println("No client has received the end.");
        }
    }

    private void line(String name, String value) {
        out.printf("%-9s %s%n", name, OneLine.of(value, MAX_TEXT * 2));
    }

    private void printStep(JsonNode step, Optional<Instant> accepted) {
        Optional<Instant> at = time(step, "at");
        String since = at.isEmpty() || accepted.isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%+.3f s",
                        Duration.between(accepted.get(), at.get()).toMillis() / 1e3);
        String kind = step.path("step").asString("");
        boolean isInner = kind.equals("stage") || kind.endsWith("_call");
        out.printf(
                "%12s  %-12s %s%n",
                since, (isInner ? "  " : "") + kind.replace('_', ' '), OneLine.of(describe(step, at), MAX_TEXT * 2));
    }

    private static String describe(JsonNode step, Optional<Instant> at) {
        List<String> parts = new ArrayList<>();
        String kind = step.path("step").asString("");
        if (kind.equals("attempt")) {
            parts.add(Integer.toString(step.path("attempt").asInt(0)));
        }
        text(step, "name").ifPresent(parts::add);
        text(step, "gateway").map(id -> "gateway " + id).ifPresent(parts::add);
        text(step, "processor").map(id -> "processor " + id).ifPresent(parts::add);
        number(step, "fence").map(fence -> "fence " + fence).ifPresent(parts::add);
        number(step, "partition").map(partition -> "partition " + partition).ifPresent(parts::add);
        number(step, "offset").map(offset -> "offset " + offset).ifPresent(parts::add);
        text(step, "outcome").ifPresent(parts::add);
        duration(step, at, kind).ifPresent(parts::add);
        text(step, "detail").ifPresent(parts::add);
        return String.join(", ", parts);
    }

    private static Optional<String> duration(JsonNode step, Optional<Instant> at, String kind) {
        Optional<Instant> until = time(step, "until");
        if (until.isEmpty() || at.isEmpty()) {
            return Optional.empty();
        }
        double seconds = Duration.between(at.get(), until.get()).toMillis() / 1e3;
        return Optional.of(
                String.format(Locale.ROOT, kind.equals("retry") ? "next attempt after %.3f s" : "%.3f s", seconds));
    }

    private static Optional<String> text(JsonNode node, String field) {
        String text = node.path(field).asString("");
        return text.isEmpty() ? Optional.empty() : Optional.of(OneLine.of(text, MAX_TEXT));
    }

    private static Optional<Long> number(JsonNode node, String field) {
        JsonNode number = node.path(field);
        return number.isNumber() ? Optional.of(number.asLong()) : Optional.empty();
    }

    private static Optional<Instant> time(JsonNode node, String field) {
        try {
            String text = node.path(field).asString("");
            return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
