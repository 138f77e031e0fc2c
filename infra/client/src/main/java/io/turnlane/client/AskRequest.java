package io.turnlane.client;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A question with its options. {@link #of} creates a question, and the other methods return changed copies:
 * {@code AskRequest.of("And why?").in("s-1").policy("interrupt")}.
 *
 * @param text up to 32 KiB of UTF-8
 * @param session session to continue; null for a new, anonymous one
 * @param agent name of the agent; null for the session's agent
 * @param policy behaviour if the session is busy: enqueue, reject, interrupt, rollback or coalesce; null for enqueue
 * @param priority high, normal or low; null for normal
 * @param deadline time after which the answer is no longer useful, counted from the time of asking; null for no limit
 * @param metadata values for the agent
 * @param idempotencyKey key that identifies the question; the gateway asks the question only once, even if several
 *     calls have this key
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
            throw new IllegalArgumentException("the question must not be blank");
        }
        metadata = Map.copyOf(metadata);
    }

    /** Returns a question in a new session, with a random idempotency key. */
    public static AskRequest of(String text) {
        return new AskRequest(text, null, null, null, null, null, Map.of(), randomKey());
    }

    static String randomKey() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** Returns a copy with this session. */
    public AskRequest in(String session) {
        return new AskRequest(text, session, agent, policy, priority, deadline, metadata, idempotencyKey);
    }

    /** Returns a copy with this agent. */
    public AskRequest agent(String agent) {
        return new AskRequest(text, session, agent, policy, priority, deadline, metadata, idempotencyKey);
    }

    /** Returns a copy with this policy for a busy session. */
    public AskRequest policy(String policy) {
        return new AskRequest(text, session, agent, policy, priority, deadline, metadata, idempotencyKey);
    }

    /** Returns a copy with this priority. */
    public AskRequest priority(String priority) {
        return new AskRequest(text, session, agent, policy, priority, deadline, metadata, idempotencyKey);
    }

    /** Returns a copy with this deadline, counted from the time of asking. */
    public AskRequest within(Duration deadline) {
        return new AskRequest(text, session, agent, policy, priority, deadline, metadata, idempotencyKey);
    }

    /** Returns a copy with this metadata. */
    public AskRequest metadata(Map<String, Object> metadata) {
        return new AskRequest(text, session, agent, policy, priority, deadline, metadata, idempotencyKey);
    }

    /**
     * Returns a copy with this idempotency key. A caller that has stored the key can repeat its call after a restart:
     * the gateway then does not ask the question a second time.
     */
    public AskRequest key(String idempotencyKey) {
        return new AskRequest(text, session, agent, policy, priority, deadline, metadata, idempotencyKey);
    }

    String path() {
        return session == null ? "/v1/requests" : GatewayPool.path("v1", "sessions", session, "requests");
    }

    Map<String, Object> body() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("question", text);
        putIfPresent(body, "agent", agent);
        putIfPresent(body, "policy", policy);
        putIfPresent(body, "priority", priority);
        putIfPresent(body, "deadline_seconds", deadline == null ? null : deadline.toMillis() / 1000.0);
        putIfPresent(body, "metadata", metadata.isEmpty() ? null : metadata);
        return body;
    }

    private static void putIfPresent(Map<String, Object> body, String name, @Nullable Object value) {
        if (value != null) {
            body.put(name, value);
        }
    }
}
