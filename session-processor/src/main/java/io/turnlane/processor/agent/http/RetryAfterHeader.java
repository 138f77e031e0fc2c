package io.turnlane.processor.agent.http;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** Reads the header {@code Retry-After}, which is a number of seconds or a date (RFC 9110, section 10.2.3). */
public final class RetryAfterHeader {

    private RetryAfterHeader() {}

    /**
     * Returns the time to wait; empty if the header is absent or invalid. A date is compared with the response's
     * {@code Date}, or with the local clock if the response has none.
     *
     * @param most upper bound of the result
     */
    public static Optional<Duration> of(HttpHeaders headers, Duration most) {
        String text = headers.firstValue("Retry-After").orElse("").strip();
        if (text.matches("[0-9]+")) {
            boolean isLong = text.length() > 9;
            return Optional.of(bounded(Duration.ofSeconds(isLong ? Integer.MAX_VALUE : Long.parseLong(text)), most));
        }
        Instant now = headers.firstValue("Date").flatMap(RetryAfterHeader::date).orElseGet(Instant::now);
        return date(text).map(until -> bounded(Duration.between(now, until), most));
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException noDate) {
            return Optional.empty();
        }
    }

    private static Duration bounded(Duration wait, Duration most) {
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(most) < 0 ? wait : most;
    }
}
