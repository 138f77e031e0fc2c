package io.turnlane.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Command for the processor that owns a session: the value of a record on the turns topic. Gateways create sessions.
 * After that, only these commands change a session's context and history.
 */
public sealed interface SessionCommand {

    /** Returns the type of the command, as in the {@code type} header of its record. */
    default String type() {
        return switch (this) {
            case Ask _ -> Ask.TYPE;
            case CancelTurn _ -> CancelTurn.TYPE;
            case DeleteSession _ -> DeleteSession.TYPE;
            case RebuildSession _ -> RebuildSession.TYPE;
            case UpdateSession _ -> UpdateSession.TYPE;
            case ImportSession _ -> ImportSession.TYPE;
            case ForkSession _ -> ForkSession.TYPE;
        };
    }

    RequestId requestId();

    SessionId sessionId();

    @Nullable
    String userId();

    Instant createdAt();

    default SessionKey key() {
        return SessionKey.of(userId(), sessionId());
    }

    private static void checkEnvelope(RequestId requestId, SessionId sessionId, Instant createdAt) {
        Objects.requireNonNull(requestId, "request_id");
        Objects.requireNonNull(sessionId, "session_id");
        Objects.requireNonNull(createdAt, "created_at");
    }

    /**
     * Asks a question.
     *
     * @param createdAt time at which the gateway received the question
     * @param sessionTtl time after which the session expires without activity, if this turn creates the session
     * @param metadata the client's own JSON object
     * @param deadline time after {@code createdAt} until which an answer is wanted, or null if there is no deadline
     * @param redriveOf the quarantined turn that this turn asks again, or null
     * @param policy policy that applies if the session is busy
     * @param priority priority that applies if more sessions are ready than can run at once
     * @param callbackUrl URL to which the terminal event is posted, or null
     * @param route route that chose the agent, or null if the client or its session named the agent
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
            @Nullable CallbackUrl callbackUrl,
            @Nullable String route)
            implements SessionCommand {

        public static final String TYPE = "ask";

        /** Creates a question without a route. */
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
                @Nullable RequestId redriveOf,
                TurnPolicy policy,
                Priority priority,
                @Nullable CallbackUrl callbackUrl) {
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
                    policy,
                    priority,
                    callbackUrl,
                    null);
        }

        public Ask {
            checkEnvelope(requestId, sessionId, createdAt);
            Objects.requireNonNull(agent, "agent");
            Objects.requireNonNull(question, "question");
            Objects.requireNonNull(sessionTtl, "session_ttl");
            if (deadline != null && !deadline.isPositive()) {
                throw new IllegalArgumentException("a deadline must be positive");
            }
            policy = Objects.requireNonNullElse(policy, TurnPolicy.ENQUEUE); // not sent by older versions
            priority = Objects.requireNonNullElse(priority, Priority.NORMAL);
            metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        }

        /** Returns the name by which the client or its session chose the agent: the route, or else the agent. */
        public String askedAgent() {
            return route == null ? agent : route;
        }

        /**
         * Returns the time from the question to {@code at}. Returns zero if {@code at} is earlier, which happens if the
         * clocks of two machines differ.
         */
        public Duration elapsed(Instant at) {
            return at.isBefore(createdAt) ? Duration.ZERO : Duration.between(createdAt, at);
        }

        /** Returns a copy whose question starts with the merged questions, oldest first, each as a paragraph. */
        public Ask withMerged(Collection<String> merged) {
            if (merged.isEmpty()) {
                return this;
            }
            String together = String.join("\n\n", merged) + "\n\n" + question;
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
                    callbackUrl,
                    route);
        }
    }

    /**
     * Restores lost data of the session from the log. Takes effect after the session's turns that are already queued.
     */
    record RebuildSession(
            RequestId requestId,
            SessionId sessionId,
            @Nullable String userId,
            Instant createdAt) implements SessionCommand {

        public static final String TYPE = "rebuild_session";

        public RebuildSession {
            checkEnvelope(requestId, sessionId, createdAt);
        }
    }

    /**
     * Records that a client cancelled a question. The gateway also stores the cancel in the question's request record.
     * If Redis loses the record, processors restore the cancel from this command. Apart from this, the command has no
     * effect.
     *
     * @param cancels the cancelled question
     * @param reason reason of the client, or null
     */
    record CancelTurn(
            RequestId requestId,
            SessionId sessionId,
            @Nullable String userId,
            Instant createdAt,
            RequestId cancels,
            @Nullable String reason)
            implements SessionCommand {

        public static final String TYPE = "cancel_turn";

        public CancelTurn {
            checkEnvelope(requestId, sessionId, createdAt);
            Objects.requireNonNull(cancels, "cancels");
        }
    }

    /** Deletes the session. Takes effect after the session's turns that are already queued. */
    record DeleteSession(
            RequestId requestId,
            SessionId sessionId,
            @Nullable String userId,
            Instant createdAt) implements SessionCommand {

        public static final String TYPE = "delete_session";

        public DeleteSession {
            checkEnvelope(requestId, sessionId, createdAt);
        }
    }

    /**
     * Command that changes a session and asks no question. The processor publishes no events for such a command. It
     * stores the result in the command's request record.
     */
    sealed interface SessionChange extends SessionCommand {}

    /**
     * Changes the session's context. Takes effect after the session's turns that are already queued. If a component is
     * null, the value in the context stays unchanged.
     *
     * @param agent default agent of the session's later questions
     * @param metadata merge patch (RFC 7396) for the session's metadata; a null value removes a field
     * @param ttl new time after which the session expires without activity
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
                throw new IllegalArgumentException("the session's ttl must be positive");
            }
            metadata = metadata == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        }
    }

    /**
     * Replaces the session's state with the state in this command. Creates the session if it does not exist. Takes
     * effect after the session's turns that are already queued.
     *
     * @param forkOf turn at which the session was forked, or null if this command completes no fork; a fork never
     *     replaces an existing session
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
    }

    /**
     * Copies the session, as it was after one of its turns, into a new session of the same user. The processor makes
     * the copy after all earlier commands of this session. It then publishes the copy as an {@link ImportSession} with
     * the same request id to the lane of the new session.
     *
     * @param afterRequestId last turn that the copy contains
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
                throw new IllegalArgumentException("a session cannot be forked into itself");
            }
        }
    }
}
