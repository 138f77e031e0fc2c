package io.turnlane.gateway.turns.requests;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.deliver.EndWatch;
import io.turnlane.gateway.turns.deliver.LoggedEvent;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses the time that a client is willing to wait for the end of a request, and waits for it. */
public final class WaitTimes {

    /** Maximum time for which a call waits. */
    public static final Duration LONGEST = Duration.ofSeconds(60);

    private static final Pattern PREFERENCE =
            Pattern.compile("(?i)(?:^|[,;])\\s*wait\\s*=\\s*\"?(\\d{1,6})\"?\\s*(?=[,;]|$)");

    private WaitTimes() {}

    /**
     * Returns the wait time of a {@code wait} query parameter, capped at {@link #LONGEST}.
     *
     * @param seconds value of the parameter; null if absent
     * @return the time to wait; zero if the parameter is absent
     * @throws ProblemDetailException if the value is negative
     */
    public static Duration fromQuery(@Nullable Integer seconds) {
        if (seconds == null) {
            return Duration.ZERO;
        }
        if (seconds < 0) {
            throw ProblemDetailException.invalid("wait must be a number of seconds from 0 to 60");
        }
        return capped(seconds);
    }

    /**
     * Returns the wait time of a {@code Prefer: wait=30} header (RFC 7240), capped at {@link #LONGEST}.
     *
     * @param prefer value of the header; null if absent
     * @return the time to wait; empty if there is no {@code wait} preference, or if it is malformed (as the RFC
     *     requires)
     */
    public static Optional<Duration> fromPreferHeader(@Nullable String prefer) {
        Matcher wait = PREFERENCE.matcher(prefer == null ? "" : prefer);
        return wait.find() ? Optional.of(capped(Integer.parseInt(wait.group(1)))) : Optional.empty();
    }

    /**
     * Waits for the end of a request. Returns its terminal event; null if the request did not end in time, if the wait
     * was stopped, or if the thread was interrupted.
     */
    public static @Nullable LoggedEvent await(EndWatch watch, Duration timeout) {
        try {
            return watch.await(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private static Duration capped(int seconds) {
        return seconds > LONGEST.toSeconds() ? LONGEST : Duration.ofSeconds(seconds);
    }
}
