package io.turnlane.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a record on the turns topic asks the session's owner to do. Memory changes by these and by nothing else. */
public sealed interface SessionCommand {

    /** The command's name in the record's {@code type} header. */
    String type();

    RequestId requestId();

    SessionId sessionId();

    @Nullable
    String userId();

    Instant createdAt();

    default SessionKey key() {
        return SessionKey.of(userId(), sessionId());
    }

    /**
     * Answer a question.
     *
     * @param createdAt when the gateway read it
     * @param sessionTtl how long the session lives without activity, where this turn creates it
     * @param metadata the client's own JSON object
     * @param deadline how long after {@code createdAt} an answer is still wanted; null for as long as it takes
     * @param redriveOf the quarantined turn that is asked again by this one
     * @param policy what becomes of it where its session is busy
     * @param priority whose turn it is first where places are few
     */
    record Ask(
            RequestId requestId,
            SessionId sessionId,
            @Nullable String userId,
            String agent,
            String question,
            Map<String, Object> metadata,
            Duration sessionTtl,
            Instant createdAt,
            @Nullable Duration deadline,
            @Nullable RequestId redriveOf,
            TurnPolicy policy,
            Priority priority)
            implements SessionCommand {

        public static final String TYPE = "ask";

        public Ask {
            Objects.requireNonNull(requestId, "request_id");
            Objects.requireNonNull(sessionId, "session_id");
            Objects.requireNonNull(agent, "agent");
            Objects.requireNonNull(question, "question");
            Objects.requireNonNull(sessionTtl, "session_ttl");
            Objects.requireNonNull(createdAt, "created_at");
            if (deadline != null && !deadline.isPositive()) {
                throw new IllegalArgumentException("a deadline is positive");
            }
            policy = Objects.requireNonNullElse(policy, TurnPolicy.ENQUEUE); // an older version says nothing
            priority = Objects.requireNonNullElse(priority, Priority.NORMAL);
            metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        }

        /** A question that waits its turn like any other. */
        public Ask(
                RequestId requestId,
                SessionId sessionId,
                @Nullable String userId,
                String agent,
                String question,
                Map<String, Object> metadata,
                Duration sessionTtl,
                Instant createdAt,
                @Nullable Duration deadline,
                @Nullable RequestId redriveOf) {
            this(
                    requestId,
                    sessionId,
                    userId,
                    agent,
                    question,
                    metadata,
                    sessionTtl,
                    createdAt,
                    deadline,
                    redriveOf,
                    TurnPolicy.ENQUEUE,
                    Priority.NORMAL);
        }

        /** The same question with those of turns that were merged into it put before it. */
        public Ask withQuestion(String merged) {
            return new Ask(
                    requestId,
                    sessionId,
                    userId,
                    agent,
                    merged,
                    metadata,
                    sessionTtl,
                    createdAt,
                    deadline,
                    redriveOf,
                    policy,
                    priority);
        }

        /** A question that nobody asked before. */
        public Ask(
                RequestId requestId,
                SessionId sessionId,
                @Nullable String userId,
                String agent,
                String question,
                Map<String, Object> metadata,
                Duration sessionTtl,
                Instant createdAt,
                @Nullable Duration deadline) {
            this(requestId, sessionId, userId, agent, question, metadata, sessionTtl, createdAt, deadline, null);
        }

        /** A question without a deadline. */
        public Ask(
                RequestId requestId,
                SessionId sessionId,
                @Nullable String userId,
                String agent,
                String question,
                Map<String, Object> metadata,
                Duration sessionTtl,
                Instant createdAt) {
            this(requestId, sessionId, userId, agent, question, metadata, sessionTtl, createdAt, null, null);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /** Put into the session's memory what the log holds of it and memory misses, after the turns already queued. */
    record RebuildSession(
            RequestId requestId,
            SessionId sessionId,
            @Nullable String userId,
            Instant createdAt) implements SessionCommand {

        public static final String TYPE = "rebuild_session";

        public RebuildSession {
            Objects.requireNonNull(requestId, "request_id");
            Objects.requireNonNull(sessionId, "session_id");
            Objects.requireNonNull(createdAt, "created_at");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /** Forget the session, after the turns already queued. */
    record DeleteSession(
            RequestId requestId,
            SessionId sessionId,
            @Nullable String userId,
            Instant createdAt) implements SessionCommand {

        public static final String TYPE = "delete_session";

        public DeleteSession {
            Objects.requireNonNull(requestId, "request_id");
            Objects.requireNonNull(sessionId, "session_id");
            Objects.requireNonNull(createdAt, "created_at");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }
}
