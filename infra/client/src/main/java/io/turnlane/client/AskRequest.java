package io.turnlane.client;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is asked, and how. Made by {@link #of} and the methods that follow it, each of which returns a new question:
 * {@code Question.of("And why?").in("s-1").policy("interrupt")}.
 *
 * @param text up to 32 KiB of UTF-8
 * @param session the session that it goes on with; null for a new, anonymous one
 * @param agent who answers; null for the session's own
 * @param policy what happens where the session is busy: enqueue, reject, interrupt, rollback or coalesce; null for
 *     enqueue
 * @param priority high, normal or low; null for normal
 * @param deadline how long an answer is wanted; null for as long as it takes
 * @param metadata handed to the agent
 * @param idempotencyKey whoever asks with the same key again asks the same question once
 */
public record AskRequest(
        String text,
        @Nullable String session,
        @Nullable String agent,
        @Nullable String policy,
        @Nullable String priority,
        @Nullable Duration deadline,
        Map<String, Object> metadata,
        String idempotencyKey) {

    public AskRequest {
        if (text.isBlank()) {
            throw new IllegalArgumentException("a question isn't blank");
        }
        metadata = Map.copyOf(metadata);
    }

    /** A question in a new session, with a random key. */
    public static AskRequest of(String text) {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        return new AskRequest(
                text, null, null, null, null, null, Map.of(), HexFormat.of().formatHex(random));
    }

    /** The same, in this session. */
    public AskRequest in(String session) {
        return new AskRequest(text, session, agent, policy, priority, deadline, metadata, idempotencyKey);
    }

    /** The same, for this agent. */
    public AskRequest agent(String agent) {
        return new AskRequest(text, session, agent, policy, priority, deadline, metadata, idempotencyKey);
    }

    /** The same, with this to happen where the session is busy. */
    public AskRequest policy(String policy) {
        return new AskRequest(text, session, agent, policy, priority, deadline, metadata, idempotencyKey);
    }

    /** The same, of this priority. */
    public AskRequest priority(String priority) {
        return new AskRequest(text, session, agent, policy, priority, deadline, metadata, idempotencyKey);
    }

    /** The same, wanted within this time. */
    public AskRequest within(Duration deadline) {
        return new AskRequest(text, session, agent, policy, priority, deadline, metadata, idempotencyKey);
    }

    /** The same, with this for the agent. */
    public AskRequest metadata(Map<String, Object> metadata) {
        return new AskRequest(text, session, agent, policy, priority, deadline, metadata, idempotencyKey);
    }

    /** The same, under a key of the caller's: to ask on after the caller itself was restarted. */
    public AskRequest key(String idempotencyKey) {
        return new AskRequest(text, session, agent, policy, priority, deadline, metadata, idempotencyKey);
    }

    String path() {
        return session == null ? "/v1/requests" : GatewayPool.path("v1", "sessions", session, "requests");
    }

    Map<String, Object> body() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("question", text);
        putIfGiven(body, "agent", agent);
        putIfGiven(body, "policy", policy);
        putIfGiven(body, "priority", priority);
        putIfGiven(body, "deadline_seconds", deadline == null ? null : deadline.toMillis() / 1000.0);
        putIfGiven(body, "metadata", metadata.isEmpty() ? null : metadata);
        return body;
    }

    private static void putIfGiven(Map<String, Object> body, String name, @Nullable Object value) {
        if (value != null) {
            body.put(name, value);
        }
    }
}
