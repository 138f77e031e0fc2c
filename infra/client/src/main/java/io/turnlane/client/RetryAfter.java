package io.turnlane.client;

import java.math.BigInteger;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** Reads the header {@code Retry-After}, which is a number of seconds or a date (RFC 9110, section 10.2.3). */
final class RetryAfter {

    /** Longest time that a server can ask the client to wait. */
    private static final Duration LONGEST = Duration.ofHours(1);

    private RetryAfter() {}

    /**
     * Returns the time to wait; empty if the header is absent or invalid. A date is compared with the response's
     * {@code Date}, or with the local clock if the response has none.
     */
    static Optional<Duration> of(HttpHeaders headers) {
        String text = headers.firstValue("Retry-After").orElse("").strip();
        if (text.matches("[0-9]+")) {
            return Optional.of(Duration.ofSeconds(new BigInteger(text)
                    .min(BigInteger.valueOf(LONGEST.toSeconds()))
                    .longValueExact()));
        }
        Instant now = headers.firstValue("Date").flatMap(RetryAfter::date).orElseGet(Instant::now);
        return date(text).map(until -> bounded(Duration.between(now, until)));
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException noDate) {
            return Optional.empty();
        }
    }

    private static Duration bounded(Duration wait) {
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
    }
}
