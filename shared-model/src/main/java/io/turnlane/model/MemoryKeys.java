package io.turnlane.model;

import java.util.Optional;

/**
 * Redis keys. All keys of one session share the hash tag {@code {<session key>}}, so that a Redis Cluster stores them
 * on one node and a script can use them together. {@code docs/records.md} describes the value of each key.
 */
public record MemoryKeys(SessionKey session) {

    /** Prefix of every key of Turnlane. */
    public static final String PREFIX = "tl:";

    /** Returns the common prefix of the session's keys. */
    public String prefix() {
        return key("");
    }

    /** Hash: the session's context. */
    public String context() {
        return key("ctx");
    }

    /**
     * String: time in epoch ms until which the session cannot expire, and the number of turns in its history. Outlives
     * the session, and so shows if Redis lost the context.
     */
    public String life() {
        return key("life");
    }

    /** List: the last turns, oldest first, each a {@linkplain Checksummed checksummed} value. */
    public String history() {
        return key("hist");
    }

    /** Hash: the record of one request. */
    public String request(RequestId requestId) {
        return requestPrefix() + requestId;
    }

    /** Returns the common prefix of the keys of the session's request records. */
    public String requestPrefix() {
        return key("req:");
    }

    /** Sorted set: ids of all requests that have a record, by creation time in epoch ms. */
    public String requestIds() {
        return key("reqs");
    }

    /** Returns a glob pattern that matches the {@link #requestIds} keys of all sessions. */
    public static String requestIdsPattern() {
        return PREFIX + "{*}:reqs";
    }

    /** Returns the session of a key with the hash tag of a session, or empty for any other key. */
    public static Optional<SessionKey> sessionOf(String key) {
        int end = key.indexOf('}');
        if (!key.startsWith(PREFIX + "{") || end < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(SessionKey.parse(key.substring(PREFIX.length() + 1, end)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Sorted set: ids of the requests that are not terminal, by creation time in epoch ms. */
    public String openRequestIds() {
        return key("open");
    }

    /**
     * Sorted set: ids of a user's sessions, by the time of the last question in epoch ms.
     *
     * @param namespace namespace of the user's session keys
     */
    public static String sessionsOfUser(String namespace) {
        return PREFIX + "{u:" + namespace + "}:sessions";
    }

    /** Hash: partition, offset and fence of the session's last deletion. */
    public String tombstone() {
        return key("tomb");
    }

    /**
     * String: a loss marker, which is a random value. If the marker is missing or has changed, the Redis node that
     * holds it has lost data. The tag selects the hash slot of the marker, and thus its node in a Redis Cluster.
     */
    public static String marker(String tag) {
        return PREFIX + "marker:{" + tag + "}";
    }

    /**
     * JSON: the report of the partition's last rebuild. It includes a digest of the {@linkplain #marker loss markers}.
     * If the current markers have another digest, Redis has lost data since then.
     *
     * @param turnsTopic name of the turns topic
     */
    public static String lastRebuild(String turnsTopic, int partition) {
        return PREFIX + "rebuilt:{" + turnsTopic + "-" + partition + "}";
    }

    /** Hash: the last command that rebuilt the session, and its result. */
    public String lastRebuild() {
        return key("rebuilt");
    }

    /**
     * Hash: the request that an Idempotency-Key refers to in this session.
     *
     * @param key hash of the key, never the key itself
     */
    public String claim(String key) {
        return key("idem:" + key);
    }

    /**
     * Hash: the request that an Idempotency-Key refers to if the client's question named no session. This Redis key has
     * the hash tag <code>{u:&lt;namespace&gt;}</code>, like the other keys of the user.
     */
    public static String claimOfUser(String namespace, String key) {
        return ofUser(namespace, "idem:" + key);
    }

    /**
     * Hash: a user's token bucket for one kind of request.
     *
     * @param kind kind of request that the bucket limits
     */
    public static String rateBucket(String namespace, String kind) {
        return ofUser(namespace, "rate:" + kind);
    }

    /** Sorted set: a user's open turns as {@code <session id>/<request id>}, by acceptance time in epoch ms. */
    public static String turnsOfUser(String namespace) {
        return ofUser(namespace, "turns");
    }

    /**
     * Sorted set: a user's open connections at all gateways, by expiry time in epoch ms. The gateway of a connection
     * renews its expiry time.
     */
    public static String connectionsOfUser(String namespace) {
        return ofUser(namespace, "conns");
    }

    private static String ofUser(String namespace, String part) {
        return PREFIX + "{u:" + namespace + "}:" + part;
    }

    /**
     * Set: ids of the calls that are currently publishing the turn of an idempotency key.
     *
     * @param claim Redis key of the idempotency key
     */
    public static String publishingCalls(String claim) {
        return claim + ":calls";
    }

    /** String: id of the request that asks the question of a quarantined request again (redrive). */
    public String redriven(RequestId quarantined) {
        return key("redriven:" + quarantined);
    }

    private String key(String part) {
        return PREFIX + "{" + session + "}:" + part;
    }

    /**
     * JSON: the caller that may open a WebSocket with a ticket.
     *
     * @param ticket hash of the ticket, never the ticket itself
     */
    public static String ticket(String ticket) {
        return PREFIX + "ticket:" + ticket;
    }

    /** String: written by each check that tests if Redis accepts writes; expires after a minute. */
    public static String probe() {
        return PREFIX + "probe";
    }

    /** Sorted set: ids of the processors that were recently alive, by their last heartbeat in epoch ms. */
    public static String processors() {
        return PREFIX + "procs";
    }

    /** Sorted set: ids of the gateways that were recently alive, by their last heartbeat in epoch ms. */
    public static String gateways() {
        return PREFIX + "gateways";
    }

    /** String: exists while a processor offers the agent, and for one minute after that. */
    public static String offeredAgent(String agent) {
        return PREFIX + "agent:" + agent;
    }

    /** JSON: statistics of one processor; expires after 5 s. */
    public static String processor(String processorId) {
        return PREFIX + "proc:" + processorId;
    }
}
