package io.turnlane.store.memory;

import io.lettuce.core.RedisCommandExecutionException;
import io.turnlane.store.MemoryUnavailableException;
import java.util.regex.Pattern;
import org.springframework.dao.DataAccessException;

/**
 * Converts exceptions of Redis calls. If Redis is unavailable, the result is a {@link MemoryUnavailableException}, and
 * callers retry until Redis answers. If Redis rejects a command because of the stored data or the arguments, the cause
 * is a defect, and retries normally fail too. The result is then another exception, after which callers retry only a
 * few times.
 */
final class RedisFailures {

    /**
     * Error codes with which Redis rejects commands because of its own state, and not because of the data or the
     * arguments.
     */
    private static final Pattern UNAVAILABLE = Pattern.compile(
            "\\b(READONLY|OOM|LOADING|MISCONF|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|BUSY|NOAUTH|NOPERM|MOVED|ASK)\\b"
                    + "|can't run this command|can't access at least one of the keys|ACL failure in script");

    private RedisFailures() {}

    /**
     * Returns the exception that the caller must throw.
     *
     * @param what failed operation, for the message
     */
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
