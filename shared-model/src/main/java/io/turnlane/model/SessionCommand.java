package io.turnlane.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
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

    /** What every command has; JSON that misses one of these is no command. */
    private static void checkEnvelope(RequestId requestId, SessionId sessionId, Instant createdAt) {
        Objects.requireNonNull(requestId, "request_id");
        Objects.requireNonNull(sessionId, "session_id");
        Objects.requireNonNull(createdAt, "created_at");
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
     * @param callbackUrl where its end is to be posted to
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
            Priority priority,
            @Nullable CallbackUrl callbackUrl)
            implements SessionCommand {

        public static final String TYPE = "ask";

        public Ask {
            checkEnvelope(requestId, sessionId, createdAt);
            Objects.requireNonNull(agent, "agent");
            Objects.requireNonNull(question, "question");
            Objects.requireNonNull(sessionTtl, "session_ttl");
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
                    Priority.NORMAL,
                    null);
        }

        /** Behind the questions of turns that were merged into it, oldest first: a paragraph each. */
        public Ask withMerged(Collection<String> merged) {
            return merged.isEmpty() ? this : withQuestion(String.join("\n\n", merged) + "\n\n" + question);
        }

        private Ask withQuestion(String together) {
            return new Ask(
                    requestId,
                    sessionId,
                    userId,
                    agent,
                    together,
                    metadata,
                    sessionTtl,
                    createdAt,
                    deadline,
                    redriveOf,
                    policy,
                    priority,
                    callbackUrl);
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
            checkEnvelope(requestId, sessionId, createdAt);
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
            checkEnvelope(requestId, sessionId, createdAt);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /** Changes its session and asks nothing: it sends no events, and its request record says how it ended. */
    sealed interface SessionChange extends SessionCommand {}

    /**
     * Change what the session's context says, after the turns already queued. What is null stays as it is.
     *
     * @param agent who answers from then on where a question names nobody
     * @param metadata a merge patch (RFC 7396) on the session's metadata: null values remove
     * @param ttl how long the session lives without activity from then on
     */
    record UpdateSession(
            RequestId requestId,
            SessionId sessionId,
            @Nullable String userId,
            Instant createdAt,
            @Nullable String agent,
            @Nullable Map<String, Object> metadata,
            @Nullable Duration ttl)
            implements SessionChange {

        public static final String TYPE = "update_session";

        public UpdateSession {
            checkEnvelope(requestId, sessionId, createdAt);
            if (ttl != null && !ttl.isPositive()) {
                throw new IllegalArgumentException("a session's life is positive");
            }
            metadata = metadata == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * Give the session this state in place of its own, after the turns already queued; make it where there is none.
     *
     * @param forkOf where the state was taken from by a fork, which makes a session and never replaces one
     */
    record ImportSession(
            RequestId requestId,
            SessionId sessionId,
            @Nullable String userId,
            Instant createdAt,
            SessionState state,
            @Nullable ForkOrigin forkOf)
            implements SessionChange {

        public static final String TYPE = "import_session";

        /** The turn after which a session was forked. */
        public record ForkOrigin(SessionId sessionId, RequestId afterRequestId) {}

        public ImportSession {
            checkEnvelope(requestId, sessionId, createdAt);
            Objects.requireNonNull(state, "state");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * Copy the session as it was after one of its turns into a new one of the same user. The copy is taken in this
     * session's order and goes to the new one's lane as an {@link ImportSession} of the same request id.
     *
     * @param afterRequestId the last turn that the copy has
     * @param into the new session
     */
    record ForkSession(
            RequestId requestId,
            SessionId sessionId,
            @Nullable String userId,
            Instant createdAt,
            RequestId afterRequestId,
            SessionId into)
            implements SessionChange {

        public static final String TYPE = "fork_session";

        public ForkSession {
            checkEnvelope(requestId, sessionId, createdAt);
            Objects.requireNonNull(afterRequestId, "after_request_id");
            Objects.requireNonNull(into, "into");
            if (into.equals(sessionId)) {
                throw new IllegalArgumentException("a session isn't forked into itself");
            }
        }

        @Override
        public String type() {
            return TYPE;
        }
    }
}
