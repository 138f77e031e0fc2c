package io.turnlane.processor.memory;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.regex.Pattern;
import org.springframework.dao.DataAccessException;

/**
 * Converts exceptions of Redis calls. An unavailable Redis is retried until it answers. A command that Redis rejects
 * because of the stored data or of its arguments would be rejected each time, so it is reported as a defect, which is
 * retried only a few times.
 */
final class RedisFailures {

    /** Codes of replies with which Redis rejects any write, or any command, until its state changes. */
    private static final Pattern UNAVAILABLE = Pattern.compile(
            "\\b(READONLY|OOM|LOADING|MISCONF|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|BUSY|NOAUTH|NOPERM|MOVED|ASK)\\b");

    private RedisFailures() {}

    /** Returns the exception to throw: a {@link MemoryUnavailableException}, or any other one for a defect. */
    static RuntimeException of(String what, DataAccessException e) {
        return isDefect(e)
                ? new IllegalStateException(what + ": Redis rejects it because of its data", e)
                : new MemoryUnavailableException(what, e);
    }

    private static boolean isDefect(DataAccessException e) {
        if (!(e.getMostSpecificCause() instanceof RedisCommandExecutionException rejection)) {
            return false;
        }
        String reply = String.valueOf(rejection.getMessage());
        boolean aboutData = reply.contains("user_script") || reply.startsWith("WRONGTYPE");
        return aboutData && !UNAVAILABLE.matcher(reply).find();
    }
}
