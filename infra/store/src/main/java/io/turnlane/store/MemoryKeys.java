package io.turnlane.store;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.time.LocalDate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Redis keys. All keys of one session share the hash tag {@code {<session key>}}, so that a Redis Cluster stores them
 * on one node and a script can use them together. {@code docs/records.md} describes the value of each key.
 */
public record MemoryKeys(SessionKey session) {

    /** Prefix of every key of Turnlane. */
    public static final String PREFIX = "tl:";

    /** Field of a hash with a {@linkplain StoredUsage stored usage}. */
    public static final String USAGE = "usage";

    /** Returns the common prefix of the session's keys. */
    public String prefix() {
        return key("");
    }

    /** Key of the hash with the session's context. */
    public String context() {
        return key("ctx");
    }

    /**
     * Key of the string with the time in epoch ms until which the session cannot expire, and the number of turns in its
     * history. If the context is missing before this time, Redis lost it.
     */
    public String life() {
        return key("life");
    }

    /**
     * Key of the list of the session's last turns, oldest first. Each is a {@linkplain Checksummed checksummed} value.
     */
    public String history() {
        return key("hist");
    }

    /** Key of the hash with the session's usage on the last day (UTC) on which it used models. */
    public String spent() {
        return key("spent");
    }

    /** Key of the hash with the record of a request. */
    public String request(RequestId requestId) {
        return requestPrefix() + requestId;
    }

    /** Returns the common prefix of the keys of the session's request records. */
    public String requestPrefix() {
        return key("req:");
    }

    /** Key of the sorted set of the session's requests that have a record, by creation time in epoch ms. */
    public String requestIds() {
        return key("reqs");
    }

    /**
     * Returns the glob pattern of the {@link #context} keys of all sessions, or of the sessions of all users with this
     * id.
     */
    public static String contextPattern(@Nullable SessionId id) {
        return PREFIX + (id == null ? "{*}:ctx" : "{*:" + id + "}:ctx");
    }

    /** Same as {@link #contextPattern}, for the {@link #requestIds} keys. */
    public static String requestIdsPattern(@Nullable SessionId id) {
        return PREFIX + (id == null ? "{*}:reqs" : "{*:" + id + "}:reqs");
    }

    /** Returns the session in the hash tag of a key, or empty if the hash tag names no session. */
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

    /** Key of the sorted set of the session's requests that are not terminal, by creation time in epoch ms. */
    public String openRequestIds() {
        return key("open");
    }

    /**
     * Key of the sorted set of a user's sessions, by the time of the last question in epoch ms.
     *
     * @param namespace namespace of the user's session keys
     */
    public static String sessionsOfUser(String namespace) {
        return PREFIX + "{u:" + namespace + "}:sessions";
    }

    /** Key of the hash that describes the session's last deletion. */
    public String tombstone() {
        return key("tomb");
    }

    /**
     * Key of a loss marker, a string with a random value. If the marker is missing or has changed, its Redis node has
     * lost data.
     *
     * @param tag hash tag, which selects the node in a Redis Cluster
     */
    public static String marker(String tag) {
        return PREFIX + "marker:{" + tag + "}";
    }

    /**
     * Key of the string with a JSON report of the partition's last rebuild. The report contains a digest of the
     * {@linkplain #marker loss markers}. If this digest differs from the digest of the current markers, Redis has lost
     * data since the rebuild.
     */
    public static String lastRebuild(String turnsTopic, int partition) {
        return PREFIX + "rebuilt:{" + turnsTopic + "-" + partition + "}";
    }

    /** Key of the hash with the last command that rebuilt the session, and its result. */
    public String lastRebuild() {
        return key("rebuilt");
    }

    /**
     * Key of the hash with the idempotency claim of a request in this session.
     *
     * @param key hash of the {@code Idempotency-Key}, never the header's value itself
     */
    public String claim(String key) {
        return key("idem:" + key);
    }

    /**
     * Key of the hash with the idempotency claim of a question that named no session.
     *
     * @param key hash of the {@code Idempotency-Key}, never the header's value itself
     */
    public static String claimOfUser(String namespace, String key) {
        return ofUser(namespace, "idem:" + key);
    }

    /**
     * Key of the hash with a user's token bucket for one kind of request.
     *
     * @param kind kind of request that the bucket limits
     */
    public static String rateBucket(String namespace, String kind) {
        return ofUser(namespace, "rate:" + kind);
    }

    /**
     * Key of the sorted set of a user's open turns, {@code <session id>/<request id>}, by acceptance time in epoch ms.
     */
    public static String turnsOfUser(String namespace) {
        return ofUser(namespace, "turns");
    }

    /**
     * Key of the sorted set of a user's open connections at all gateways, by expiry time in epoch ms. Gateways renew
     * the expiry times of their connections.
     */
    public static String connectionsOfUser(String namespace) {
        return ofUser(namespace, "conns");
    }

    /**
     * Key of the hash with the usage of a user on one day (UTC). The hash also contains the usage of each session on
     * this day.
     */
    public static String usageOfUser(String namespace, LocalDate day) {
        return ofUser(namespace, "usage:" + day.toEpochDay());
    }

    /**
     * Key of the hash with a batch of a user's questions. Each batch has its own hash slot.
     *
     * @param namespace namespace of the user's session keys
     */
    public static String batch(String namespace, RequestId batch) {
        return PREFIX + "{b:" + namespace + ":" + batch + "}:batch";
    }

    private static String ofUser(String namespace, String part) {
        return PREFIX + "{u:" + namespace + "}:" + part;
    }

    /**
     * Key of the set of calls that are publishing the request of an idempotency claim.
     *
     * @param claim Redis key of the idempotency claim
     */
    public static String publishingCalls(String claim) {
        return claim + ":calls";
    }

    /** Key of the string with the id of the request that redrives a quarantined request. */
    public String redriven(RequestId quarantined) {
        return key("redriven:" + quarantined);
    }

    private String key(String part) {
        return PREFIX + "{" + session + "}:" + part;
    }

    /**
     * Key of the string that describes, as JSON, the caller that may open a WebSocket with a ticket.
     *
     * @param ticket hash of the ticket, never the ticket itself
     */
    public static String ticket(String ticket) {
        return PREFIX + "ticket:" + ticket;
    }

    /** Key of the string that is written to check that Redis accepts writes. The string expires after a minute. */
    public static String probe() {
        return PREFIX + "probe";
    }

    /** Key of the sorted set of recently active processors, by their last heartbeat in epoch ms. */
    public static String processors() {
        return PREFIX + "procs";
    }

    /** Key of the sorted set of recently active gateways, by their last heartbeat in epoch ms. */
    public static String gateways() {
        return PREFIX + "gateways";
    }

    /**
     * Key of a string that exists while a gateway changes a route, which was changed at this time (epoch ms) before.
     */
    public static String wayBack(String route, long changedAt) {
        return PREFIX + "route:" + route + ":" + changedAt;
    }

    /** Key of a string that exists while a processor offers the agent, and for one minute after that. */
    public static String offeredAgent(String agent) {
        return PREFIX + "agent:" + agent;
    }

    /** Key of the string with a processor's statistics as JSON. The string expires after 5 s. */
    public static String processor(String processorId) {
        return PREFIX + "proc:" + processorId;
    }

    /** Key of the string with a processor's detailed statistics as JSON. The string expires after 5 s. */
    public static String processorDetail(String processorId) {
        return PREFIX + "procdetail:" + processorId;
    }

    /** Key of a string that exists from an operator's request to drain a processor until the processor begins. */
    public static String evacuation(String processorId) {
        return PREFIX + "evacuate:" + processorId;
    }

    /** Key of the string with a gateway's statistics as JSON. The string expires after 5 s. */
    public static String gateway(String gatewayId) {
        return PREFIX + "gateway:" + gatewayId;
    }
}
