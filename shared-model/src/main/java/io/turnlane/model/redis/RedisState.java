package io.turnlane.model.redis;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * State in which Redis answers but can't be used. The name of each constant is the error code with which Redis replies.
 * If a command inside a script fails, the code is not at the start of the reply but within its text.
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
    /** The password or the rights of the user don't suffice. */
    NOPERM(false, "its user may not write");

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
        Matcher code = CODE.matcher(reply == null ? "" : reply);
        return code.find() ? Optional.of(valueOf(code.group(1))) : Optional.empty();
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
