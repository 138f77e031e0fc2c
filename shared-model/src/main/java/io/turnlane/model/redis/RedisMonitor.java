package io.turnlane.model.redis;

import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Checks that Redis can be used: that it accepts a write, does not evict keys and has free memory. A reply to a command
 * such as PING does not prove this. For example, after a failover, the former master is a read-only replica, but it
 * keeps its connections and still replies. Each check also sets the shared clock to the time of Redis.
 *
 * <p>Thread-safe. A caller runs {@link #check} about once a second.
 */
public final class RedisMonitor {

    /** Number of unanswered checks in a row after which the connection counts as broken. */
    private static final int MAX_UNANSWERED = 3;

    /** Number of checks after which the monitor reads the settings of Redis again. */
    private static final int SETTINGS_INTERVAL = 60;

    /** Fraction of the memory limit above which the monitor warns. */
    private static final double FULL = 0.9;

    private static final String LIMIT = "maxmemory";
    private static final String POLICY = "maxmemory_policy";
    private static final String KEEPS_KEYS = "noeviction";

    private final RedisAccess redis;
    private final SharedClock clock;
    private final Consumer<String> listener;
    private volatile String problem = "";
    private volatile String warning = "";
    private int unanswered;
    private int usableChecks;

    /** Calls of the monitor to Redis. Each throws an exception if Redis does not answer or rejects the command. */
    public interface RedisAccess {

        Instant write();

        /** Returns the section {@code memory} of the command INFO. */
        Properties memoryInfo();

        /** Returns the names of needed commands that the Redis user is not allowed to run. */
        default Set<String> missingRights() {
            return Set.of();
        }

        /** Replaces the connection. */
        void reconnect();
    }

    /** @param listener receives each new problem as a sentence, and an empty text when the problem has ended */
    public RedisMonitor(RedisAccess redis, SharedClock clock, Consumer<String> listener) {
        this.redis = redis;
        this.clock = clock;
        this.listener = listener;
    }

    /**
     * Checks Redis now. Blocks for at most a few timeouts of the connection. Replaces the connection if Redis
     * repeatedly does not answer, or if Redis is in a {@linkplain RedisState#needsReconnect state} in which a new
     * connection can help.
     */
    public synchronized void check() {
        try {
            clock.synchronize(redis::write);
            unanswered = 0;
            if (usableChecks++ % SETTINGS_INTERVAL == 0) {
                warning = settingsWarning();
            }
            report(warning);
        } catch (RuntimeException e) {
            Optional<RedisState> state = RedisState.causing(e);
            unanswered = state.isPresent() ? 0 : unanswered + 1;
            if (state.map(RedisState::needsReconnect).orElse(unanswered % MAX_UNANSWERED == 0)) {
                redis.reconnect();
            }
            report(state.map(known -> "Redis can't be used: " + known.description() + ".")
                    .orElse("Redis does not answer."));
        }
    }

    /** Returns a text about missing rights, otherwise about the memory; empty if there is no warning. */
    private String settingsWarning() {
        Set<String> missing = redis.missingRights();
        return missing.isEmpty()
                ? memoryWarning()
                : "Redis can't be used: its user may not run " + String.join(", ", missing)
                        + ". docs/security.md lists the needed rights.";
    }

    /** Returns an empty text if there is no warning, or if the Redis user may not call INFO. */
    private String memoryWarning() {
        try {
            Properties info = redis.memoryInfo();
            return info.stringPropertyNames().stream()
                    .sorted()
                    .map(name -> memoryWarning(info, name))
                    .filter(text -> !text.isEmpty())
                    .findFirst()
                    .orElse("");
        } catch (RuntimeException e) {
            return "";
        }
    }

    /** Returns the warning about one setting. In a cluster, the name of a setting begins with its node. */
    private static String memoryWarning(Properties info, String name) {
        String value = info.getProperty(name);
        if (name.endsWith(POLICY) && !value.equals(KEEPS_KEYS)) {
            return "Redis may evict keys (maxmemory-policy " + value + "), so sessions and request records can be lost."
                    + " Set its maxmemory-policy to noeviction.";
        }
        if (name.endsWith(LIMIT)) {
            String node = name.substring(0, name.length() - LIMIT.length());
            double limit = Double.parseDouble(value);
            double used = Double.parseDouble(info.getProperty(node + "used_memory", "0"));
            return limit > 0 && used > FULL * limit
                    ? "Redis uses more than 90 % of its memory. When it is full, turns wait. Raise its maxmemory."
                    : "";
        }
        return "";
    }

    private void report(String found) {
        if (!found.equals(problem)) {
            problem = found;
            listener.accept(found);
        }
    }

    /**
     * Returns the latest warning, as a sentence: rights are missing, or Redis can evict keys or is nearly full. Returns
     * empty if there is none.
     */
    public Optional<String> warning() {
        return Optional.of(warning).filter(text -> !text.isEmpty());
    }

    /** Returns the problem or the warning that the last check reported, as a sentence; empty if there was none. */
    public Optional<String> problem() {
        return Optional.of(problem).filter(text -> !text.isEmpty());
    }
}
