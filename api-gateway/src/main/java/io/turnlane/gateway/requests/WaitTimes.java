package io.turnlane.gateway.requests;

import io.turnlane.gateway.deliver.EndWatch;
import io.turnlane.gateway.problem.ProblemDetailException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How long a client is ready to wait, and the waiting. */
public final class WaitTimes {

    /** No call waits longer. */
    public static final Duration LONGEST = Duration.ofSeconds(60);

    private static final Pattern PREFERENCE =
            Pattern.compile("(?i)(?:^|[,;])\\s*wait\\s*=\\s*\"?(\\d{1,6})\"?\\s*(?=[,;]|$)");

    private WaitTimes() {}

    /** {@code ?wait=20}: seconds; more than the longest is the longest. */
    public static Duration fromQuery(@Nullable Integer seconds) {
        if (seconds == null) {
            return Duration.ZERO;
        }
        if (seconds < 0) {
            throw ProblemDetailException.invalid("wait is a number of seconds from 0 to 60");
        }
        return shortest(seconds);
    }

    /** {@code Prefer: wait=30} (RFC 7240); a preference that isn't understood is ignored, as the RFC says. */
    public static Optional<Duration> fromPreferHeader(@Nullable String prefer) {
        Matcher wait = PREFERENCE.matcher(prefer == null ? "" : prefer);
        return wait.find() ? Optional.of(shortest(Integer.parseInt(wait.group(1)))) : Optional.empty();
    }

    /** Waits for the end. True where it came. */
    public static boolean await(EndWatch watch, Duration patience) {
        try {
            return watch.await(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Duration shortest(int seconds) {
        return seconds > LONGEST.toSeconds() ? LONGEST : Duration.ofSeconds(seconds);
    }
}
