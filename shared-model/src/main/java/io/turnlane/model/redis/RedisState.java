package io.turnlane.model.redis;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * State in which Redis answers but can't be used. The name of each constant is the error code with which Redis replies.
 * If a command inside a script fails, the code is not at the start of the reply but within its text. The exception is
 * {@link #HANDSHAKE}, which the client detects.
 */
public enum RedisState {
    /** A replica, for example a former master after a failover. A new connection can reach the current master. */
    READONLY(true, "it is a read-only replica"),
    /** Redis is still reading its data. */
    LOADING(false, "it is still loading its data"),
    /** A replica that has lost its master. */
    MASTERDOWN(true, "it is a replica without a master"),
    /** The cluster does not serve some of its slots. */
    CLUSTERDOWN(true, "its cluster is down"),
    /** A node of a cluster, but the client is configured for a single server. */
    MOVED(true, "it belongs to a cluster: configure spring.data.redis.cluster.nodes"),
    /**
     * A node of a cluster, as with {@link #MOVED}. This node replies {@code ASK} while it moves the key's slot to
     * another node.
     */
    ASK(true, "it belongs to a cluster: configure spring.data.redis.cluster.nodes"),
    /** The memory limit is reached, and Redis is not allowed to evict keys. */
    OOM(false, "its memory is full: raise maxmemory"),
    /** Redis can't write to its disk. */
    MISCONF(false, "it can't write to its disk"),
    /** Too few replicas are connected. */
    NOREPLICAS(false, "it has too few replicas"),
    /** The rights of the user don't suffice. */
    NOPERM(false, "its user may not write. docs/security.md lists the needed rights"),
    /** The user name or the password is wrong. */
    WRONGPASS(false, "it rejects the user name or the password in REDIS_URL"),
    /** The client sent no password. */
    NOAUTH(true, "it requires a password, but REDIS_URL contains none"),
    /** The client does not trust the certificate of Redis, or one of both does not use TLS. */
    HANDSHAKE(
            false,
            "the TLS handshake failed. Check that REDIS_CA_FILE names the authority that signed the certificate of"
                    + " Redis, that the certificate contains the host in REDIS_URL, and that this port uses TLS");

    /** Parts of the messages with which Redis 6.2 and 7 deny commands in scripts. */
    private static final List<String> DENIED_IN_SCRIPT =
            List.of("can't run this command", "can't access at least one of the keys", "ACL failure in script");

    private static final Pattern CODE = Pattern.compile(
            "(?:^|[\\s-])(" + Stream.of(values()).map(Enum::name).collect(Collectors.joining("|")) + ")(?=\\s)");

    private final boolean reconnect;
    private final String description;

    RedisState(boolean reconnect, String description) {
        this.reconnect = reconnect;
        this.description = description;
    }

    /** Returns the state whose error code the reply contains; empty if the reply contains no such code. */
    public static Optional<RedisState> of(@Nullable String reply) {
        if (reply == null) {
            return Optional.empty();
        }
        if (DENIED_IN_SCRIPT.stream().anyMatch(reply::contains)) {
            return Optional.of(NOPERM);
        }
        Matcher code = CODE.matcher(reply);
        return code.find() ? Optional.of(valueOf(code.group(1))) : Optional.empty();
    }

    /** Returns the state that caused the failure of a call; empty if no cause has an error code. */
    public static Optional<RedisState> causing(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return Optional.of(HANDSHAKE);
            }
            Optional<RedisState> state = of(cause.getMessage());
            if (state.isPresent()) {
                return state;
            }
        }
        return Optional.empty();
    }

    /** Returns true if a new connection can help, because it may lead to another node that can be used. */
    public boolean needsReconnect() {
        return reconnect;
    }

    /** Returns a description of the state for a message, such as "it is a read-only replica". */
    public String description() {
        return description;
    }
}
