package io.turnlane.processor.memory;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.regex.Pattern;
import org.springframework.dao.DataAccessException;

/**
 * Converts exceptions of Redis calls into two kinds. If Redis is unavailable, callers retry until it answers. If Redis
 * rejects a command because of the stored data or of the arguments, it would reject the command each time. This is a
 * defect, which callers retry only a few times.
 */
final class RedisFailures {

    /** Error codes with which Redis rejects all writes or all commands until the state of Redis changes. */
    private static final Pattern UNAVAILABLE = Pattern.compile(
            "\\b(READONLY|OOM|LOADING|MISCONF|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|BUSY|NOAUTH|NOPERM|MOVED|ASK)\\b");

    private RedisFailures() {}

    /**
     * Returns the exception to throw: a {@link MemoryUnavailableException} if Redis is unavailable, or another
     * exception for a defect.
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
