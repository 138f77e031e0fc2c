package io.turnlane.model;

import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks that Redis can be used: that it accepts a write and does not evict keys. A reply to a command such as PING
 * does not prove this. For example, after a failover, the former master is a read-only replica, but it keeps its
 * connections and still replies. Each check also sets the shared clock to the time of Redis.
 *
 * <p>Thread-safe. A caller runs {@link #check} about once a second.
 */
public final class RedisMonitor {

    /** Number of unanswered checks in a row after which the connection counts as broken. */
    private static final int MAX_UNANSWERED = 3;

    /** Number of checks after which the monitor reads the settings of Redis again. */
    private static final int SETTINGS_INTERVAL = 60;

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

        /** Writes a value and returns the current time of Redis. */
        Instant write();

        /** Returns the section {@code memory} of the command INFO. */
        Properties memoryInfo();

        /** Replaces the connection. */
        void reconnect();
    }

    /**
     * Creates a monitor.
     *
     * @param clock clock that each check sets
     * @param listener receives each new problem as a sentence, and an empty text when the problem has ended
     */
    public RedisMonitor(RedisAccess redis, SharedClock clock, Consumer<String> listener) {
        this.redis = redis;
        this.clock = clock;
        this.listener = listener;
    }

    /**
     * Checks Redis now. Blocks for at most a few timeouts of the connection. Replaces the connection if Redis
     * repeatedly does not answer, or if it is in a {@linkplain RedisState#needsReconnect state} in which a new
     * connection can help.
     */
    public synchronized void check() {
        try {
            clock.synchronize(redis::write);
            unanswered = 0;
            if (usableChecks++ % SETTINGS_INTERVAL == 0) {
                warning = evictionWarning();
            }
            report(warning);
        } catch (RuntimeException e) {
            Optional<RedisState> state = stateOf(e);
            unanswered = state.isPresent() ? 0 : unanswered + 1;
            if (state.map(RedisState::needsReconnect).orElse(unanswered % MAX_UNANSWERED == 0)) {
                redis.reconnect();
            }
            report(state.map(known -> "Redis can't be used: " + known.description() + ".")
                    .orElse("Redis does not answer."));
        }
    }

    private static Optional<RedisState> stateOf(Throwable thrown) {
        for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            Optional<RedisState> state = RedisState.of(cause.getMessage());
            if (state.isPresent()) {
                return state;
            }
        }
        return Optional.empty();
    }

    private String evictionWarning() {
        String policy = readEvictionPolicy();
        return policy.equals(KEEPS_KEYS)
                ? ""
                : "Redis may evict keys (maxmemory-policy " + policy + "), so sessions and request records can be lost."
                        + " Set its maxmemory-policy to noeviction.";
    }

    /**
     * Returns the eviction policy of a node that can evict keys; {@link #KEEPS_KEYS} if no node can, or if Redis does
     * not return its policy.
     */
    private String readEvictionPolicy() {
        try {
            Properties info = redis.memoryInfo();
            return info.stringPropertyNames().stream()
                    .filter(name -> name.endsWith("maxmemory_policy")) // nodes of a cluster are prefixes
                    .map(info::getProperty)
                    .filter(policy -> !policy.equals(KEEPS_KEYS))
                    .findAny()
                    .orElse(KEEPS_KEYS);
        } catch (RuntimeException e) { // the user may not call INFO
            return KEEPS_KEYS;
        }
    }

    private void report(String found) {
        if (!found.equals(problem)) {
            problem = found;
            listener.accept(found);
        }
    }

    /** Returns a warning as a sentence if Redis works but can evict keys; otherwise empty. */
    public Optional<String> warning() {
        return Optional.of(warning).filter(text -> !text.isEmpty());
    }

    /** Returns the problem that the last check found, as a sentence; empty if Redis can be used without a warning. */
    public Optional<String> problem() {
        return Optional.of(problem).filter(text -> !text.isEmpty());
    }
}
