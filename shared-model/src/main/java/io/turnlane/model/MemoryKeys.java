package io.turnlane.model;

/**
 * The Redis keys of one session. All share the hash tag {@code {<session key>}}, so that one script may touch them on a
 * Redis Cluster. What each holds stands in {@code docs/records.md}.
 */
public record MemoryKeys(SessionKey session) {

    /** Every key of ours starts so. */
    public static final String PREFIX = "tl:";

    /** What every key of the session starts with. */
    public String prefix() {
        return key("");
    }

    /** Hash: the session's context. */
    public String context() {
        return key("ctx");
    }

    /** List: the last turns, oldest first, one {@linkplain Checksummed blob} each. */
    public String history() {
        return key("hist");
    }

    /** Hash: one request's record. */
    public String request(RequestId requestId) {
        return requestPrefix() + requestId;
    }

    /** What the key of each of the session's request records starts with. */
    public String requestPrefix() {
        return key("req:");
    }

    /** Sorted set: the ids of all requests that have a record, by creation time in ms. */
    public String requestIds() {
        return key("reqs");
    }

    /** Sorted set: the ids of requests that are not terminal, by creation time in ms. */
    public String openRequestIds() {
        return key("open");
    }

    /**
     * Sorted set: the ids of a user's sessions, by when each was last asked something, in ms.
     *
     * @param namespace of the session keys of this user
     */
    public static String sessionsOfUser(String namespace) {
        return PREFIX + "{u:" + namespace + "}:sessions";
    }

    /** Hash: partition, offset and fence of the session's last deletion. */
    public String tombstone() {
        return key("tomb");
    }

    /** String: a random value that is gone where the memory of the tag's slot was lost; the tag spreads them. */
    public static String marker(String tag) {
        return PREFIX + "marker:{" + tag + "}";
    }

    /**
     * JSON: under which markers the memory of a partition's sessions was last found whole, and how it was rebuilt.
     *
     * @param turnsTopic installations that share a Redis differ by it
     */
    public static String lastRebuild(String turnsTopic, int partition) {
        return PREFIX + "rebuilt:{" + turnsTopic + "-" + partition + "}";
    }

    /** Hash: which command had the session rebuilt last, and what came of it. */
    public String lastRebuild() {
        return key("rebuilt");
    }

    /**
     * Hash: the request that an Idempotency-Key stands for in this session.
     *
     * @param key its hash, never the key itself
     */
    public String claim(String key) {
        return key("idem:" + key);
    }

    /**
     * The same for a key that came without a session; it shares the hash tag <code>{u:&lt;namespace&gt;}</code> with
     * the other keys of its user.
     */
    public static String claimOfUser(String namespace, String key) {
        return ofUser(namespace, "idem:" + key);
    }

    /**
     * Hash: how much of one kind a user may still ask for at the moment.
     *
     * @param kind of what the bucket holds tokens for
     */
    public static String rateBucket(String namespace, String kind) {
        return ofUser(namespace, "rate:" + kind);
    }

    /** Sorted set: a user's turns that are open, as {@code <session id>/<request id>}, by acceptance in ms. */
    public static String turnsOfUser(String namespace) {
        return ofUser(namespace, "turns");
    }

    /** Sorted set: a user's open connections at all gateways, by when they count no more, in ms, unless renewed. */
    public static String connectionsOfUser(String namespace) {
        return ofUser(namespace, "conns");
    }

    private static String ofUser(String namespace, String part) {
        return PREFIX + "{u:" + namespace + "}:" + part;
    }

    /** Set: the calls that are publishing the turn of this claim. */
    public static String publishingCalls(String claim) {
        return claim + ":calls";
    }

    /** Text: the request as which a quarantined one was asked again. */
    public String redriven(RequestId quarantined) {
        return key("redriven:" + quarantined);
    }

    private String key(String part) {
        return PREFIX + "{" + session + "}:" + part;
    }

    /**
     * JSON: who may open a WebSocket with this ticket.
     *
     * @param ticket its hash, never the ticket itself
     */
    public static String ticket(String ticket) {
        return PREFIX + "ticket:" + ticket;
    }

    /** Sorted set: the processors that were alive lately, by their last heartbeat in epoch ms. */
    public static String processors() {
        return PREFIX + "procs";
    }

    /** Sorted set: the gateways that were alive lately, by when they last said so in epoch ms. */
    public static String gateways() {
        return PREFIX + "gateways";
    }

    /** JSON figures of one processor; lives for 5 s. */
    public static String processor(String processorId) {
        return PREFIX + "proc:" + processorId;
    }
}
