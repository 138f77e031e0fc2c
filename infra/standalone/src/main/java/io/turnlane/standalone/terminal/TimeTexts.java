package io.turnlane.standalone.terminal;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** Short texts for times and durations. */
public final class TimeTexts {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private TimeTexts() {}

    /** Returns the time in UTC to the second, from its RFC 3339 form; {@code -} if there is none. */
    public static String utc(String rfc3339) {
        try {
            return rfc3339.isEmpty() ? "-" : TIME.format(Instant.parse(rfc3339));
        } catch (DateTimeParseException e) {
            return rfc3339;
        }
    }

    /** Returns a duration in seconds with its unit, for example {@code 35ms}, {@code 1.2s} or {@code 2m03s}. */
    public static String of(double seconds) {
        long whole = Math.round(seconds);
        if (seconds < 0.9995) {
            return Math.round(seconds * 1000) + "ms";
        }
        if (seconds < 59.95) {
            return String.format(Locale.ROOT, "%.1fs", seconds);
        }
        Duration duration = Duration.ofSeconds(whole);
        if (whole < 3600) {
            return String.format(Locale.ROOT, "%dm%02ds", duration.toMinutes(), duration.toSecondsPart());
        }
        return duration.toDays() > 0
                ? String.format(Locale.ROOT, "%dd%02dh", duration.toDays(), duration.toHoursPart())
                : String.format(Locale.ROOT, "%dh%02dm", duration.toHours(), duration.toMinutesPart());
    }

    /** Returns the time between two RFC 3339 times; {@code -} if one is missing. */
    public static String between(String from, String to) {
        return from.isEmpty() || to.isEmpty()
                ? "-"
                : of(Math.max(
                                0,
                                Duration.between(Instant.parse(from), Instant.parse(to))
                                        .toMillis())
                        / 1000.0);
    }
}
