package io.turnlane.gateway.turns.ask;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.problem.BreakerOpenException;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.ask.Publication.PublicationCheck;
import io.turnlane.gateway.turns.ask.TurnPublisher.NotPublishedException;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.fleet.Fleet;
import io.turnlane.gateway.turns.requests.RequestResource;
import io.turnlane.model.CallbackUrl;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.accept.Acceptance;
import io.turnlane.store.accept.Acceptance.AcceptOutcome;
import io.turnlane.store.accept.Acceptance.Accepted;
import io.turnlane.store.accept.Acceptance.AlreadyPublished;
import io.turnlane.store.accept.Acceptance.Conflict;
import io.turnlane.store.accept.Acceptance.ForkInProgress;
import io.turnlane.store.accept.Acceptance.Full;
import io.turnlane.store.accept.Acceptance.UndoResult;
import io.turnlane.store.accept.IdempotencyClaim;
import io.turnlane.store.accept.PreparedTurn;
import io.turnlane.store.request.RequestRecords;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.dao.DataAccessException;

/**
 * Entry point for questions. {@link #prepare} validates a question and assigns its request id. {@link #submit} stores
 * the acceptance in Redis and then publishes the question to the turns topic.
 *
 * <p>Safe for use by any number of threads.
 */
public final class QuestionIntake {

    private static final Logger LOG = LoggerFactory.getLogger(QuestionIntake.class);

    private final QuestionRules rules;
    private final Fleet fleet;
    private final EventStreams streams;
    private final Acceptance acceptance;
    private final TurnPublisher publisher;
    private final RequestRecords records;
    private final TurnIds ids;
    private final Map<AskOutcome, Counter> asks = new EnumMap<>(AskOutcome.class);
    private final Counter sessionsCreated;

    /** Outcomes of questions. The names in lower case are values of a metric's tag. */
    private enum AskOutcome {
        ACCEPTED,
        REPLAYED,
        IDEMPOTENCY_CONFLICT,
        SESSION_QUEUE_FULL,
        SESSION_BUSY,
        UNAVAILABLE
    }

    public QuestionIntake(
            QuestionRules rules,
            Fleet fleet,
            EventStreams streams,
            Acceptance acceptance,
            TurnPublisher publisher,
            RequestRecords records,
            TurnIds ids,
            MeterRegistry metrics) {
        this.rules = rules;
        this.fleet = fleet;
        this.streams = streams;
        this.acceptance = acceptance;
        this.publisher = publisher;
        this.records = records;
        this.ids = ids;
        for (AskOutcome outcome : AskOutcome.values()) {
            asks.put(
                    outcome,
                    Counter.builder("turnlane.asks")
                            .description("Questions by their outcome at the gateway")
                            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .register(metrics));
        }
        this.sessionsCreated = Counter.builder("turnlane.sessions.created")
                .description("Sessions created, by the way of their creation")
                .tag("by", "question")
                .register(metrics);
    }

    /**
     * Validates a question and assigns its request id.
     *
     * @param session session to ask in; null for a new anonymous session
     * @param idempotencyKey value of the client's {@code Idempotency-Key} header; null if the client sent none
     * @throws ProblemDetailException if the question is not valid, if its agent is unknown, or if Kafka is unavailable
     */
    public PreparedTurn prepare(
            Caller caller,
            @Nullable SessionId session,
            AskBody body,
            @Nullable String traceparent,
            @Nullable String idempotencyKey) {
        String question = rules.question(body.question());
        String agent = rules.agent(body.agent());
        Map<String, Object> metadata = rules.metadata(body.metadata());
        Duration deadline = rules.deadline(body.deadlineSeconds());
        CallbackUrl callback = rules.callback(body.callbackUrl());
        IdempotencyClaim claim = IdempotencyKeys.of(
                idempotencyKey,
                new AskBody(
                                question,
                                agent,
                                metadata,
                                body.deadlineSeconds(),
                                body.policy(),
                                body.priority(),
                                body.callbackUrl())
                        .withoutDefaults(),
                session == null ? IdempotencyClaim.ClaimScope.CALLER : IdempotencyClaim.ClaimScope.SESSION);
        requireKafka();
        requireAgent(agent);
        SessionKey key = caller.sessionKey(session == null ? SessionId.random() : session);
        return new PreparedTurn(
                ids.next(),
                key,
                caller.userId(),
                agent,
                question,
                metadata,
                session == null ? rules.anonymousTtl() : rules.sessionTtl(),
                ids.now(),
                streams.position(key),
                rules.traceparent(traceparent),
                deadline,
                claim,
                null,
                body.options(),
                callback);
    }

    private void requireKafka() {
        if (!streams.isReady()) {
            count(AskOutcome.UNAVAILABLE);
            throw new ProblemDetailException(ErrorCode.UNAVAILABLE, "Kafka is unavailable at the moment. Retry later.");
        }
    }

    /**
     * Checks that a live processor offers the agent. Accepts every agent if Redis is unavailable or if no processor is
     * alive.
     *
     * @param agent name of the agent; null is accepted
     * @throws ProblemDetailException if no live processor offers the agent
     */
    public void requireAgent(@Nullable String agent) {
        if (agent != null && !mayAnswer(agent)) {
            throw new ProblemDetailException(
                    ErrorCode.UNKNOWN_AGENT,
                    "No processor offers this agent. GET /v1/agents lists the available agents.");
        }
    }

    private boolean mayAnswer(String agent) {
        try {
            return fleet.mayAnswer(agent);
        } catch (DataAccessException e) {
            // The processor checks the agent again when it runs the turn.
            return true;
        }
    }

    /**
     * Accepts and publishes a question, or returns the request of an earlier call with the same Idempotency-Key.
     *
     * @return the request in its current state; queued if this call published it
     * @throws ProblemDetailException if an earlier call used the key for a different question; if the session has too
     *     many open turns or a fork is still creating it; if the question has a key and Redis is unavailable; or if
     *     Kafka rejected or did not acknowledge the question
     */
    public Submission submit(PreparedTurn turn) {
        return submit(turn, Publication::await);
    }

    /**
     * Same as {@link #submit(PreparedTurn)}, for a caller that can learn in another way than by the acknowledgement
     * that the question is published.
     */
    Submission submit(PreparedTurn turn, PublicationCheck check) {
        return switch (accept(turn)) {
            case Accepted accepted -> publish(accepted, check);
            case AlreadyPublished known -> currentState(known, true);
            case Conflict _ -> {
                count(AskOutcome.IDEMPOTENCY_CONFLICT);
                throw new ProblemDetailException(
                        ErrorCode.IDEMPOTENCY_CONFLICT,
                        "This Idempotency-Key was already used for a different question. Use a new key.");
            }
            case ForkInProgress _ -> {
                count(AskOutcome.SESSION_BUSY);
                throw new ProblemDetailException(
                        ErrorCode.SESSION_BUSY, "A fork is still creating this session. Retry when it is done.");
            }
            case Full full -> {
                count(AskOutcome.SESSION_QUEUE_FULL);
                throw new ProblemDetailException(
                        ErrorCode.SESSION_QUEUE_FULL,
                        "This session already has " + full.open() + " open turns, which is the maximum. "
                                + "Retry when one of them has ended.");
            }
        };
    }

    private AcceptOutcome accept(PreparedTurn turn) {
        try {
            return acceptance.accept(turn, fleet.defaultAgent());
        } catch (DataAccessException unavailable) {
            if (turn.claim() != null) {
                count(AskOutcome.UNAVAILABLE);
                throw new ProblemDetailException(
                        ErrorCode.UNAVAILABLE,
                        "Redis is unavailable, so the Idempotency-Key can't be checked. Retry later or without a key.",
                        unavailable);
            }
            // Redis is a cache of the turns topic: the processor that runs the turn creates the missing record.
            warn("Redis is unavailable, question is published without a request record", turn, unavailable);
            String agent = turn.agent() == null ? fleet.defaultAgent() : turn.agent();
            return new Accepted(turn, turn.requestId(), agent, 0, turn.sessionTtl(), false);
        }
    }

    private Submission publish(Accepted accepted, PublicationCheck check) {
        PreparedTurn turn = accepted.turn();
        try {
            check.check(publisher.send(
                    turn.command(accepted.agent(), accepted.sessionTtl()), turn.eventsFrom(), turn.traceparent()));
        } catch (NotPublishedException e) {
            return notPublished(accepted, e);
        }
        markPublished(accepted);
        count(accepted.replayed() ? AskOutcome.REPLAYED : AskOutcome.ACCEPTED);
        if (accepted.newSession()) {
            sessionsCreated.increment();
        }
        logAccepted(accepted);
        RequestResource request = RequestResource.accepted(
                turn.requestId(),
                turn.session().sessionId(),
                turn.question(),
                accepted.agent(),
                accepted.position(),
                turn.createdAt(),
                turn.redriveOf());
        Optional<Duration> wait = fleet.estimatedWait(accepted.agent(), accepted.position());
        return new Submission(request.withEstimatedWait(wait.orElse(null)), accepted.replayed());
    }

    /**
     * Logs who asked, but never the question. Includes the user's key, because different users can have equal session
     * ids.
     */
    private static void logAccepted(Accepted accepted) {
        PreparedTurn turn = accepted.turn();
        LOG.atInfo()
                .setMessage("question accepted")
                .addKeyValue("user", turn.session().namespace())
                .addKeyValue("session", turn.session().sessionId())
                .addKeyValue("request_id", turn.requestId())
                .addKeyValue("agent", accepted.agent())
                .addKeyValue("policy", turn.options().policy().wire())
                .addKeyValue("position", accepted.position())
                .log();
    }

    /**
     * Undoes the acceptance of a turn whose publication failed. Returns the request if another call has published it;
     * otherwise throws the problem for the client.
     */
    private Submission notPublished(Accepted accepted, NotPublishedException e) {
        PreparedTurn turn = accepted.turn();
        UndoResult undone = undo(accepted, !e.isRejected());
        if (undone == UndoResult.PUBLISHED) {
            return currentState(new AlreadyPublished(turn.session(), turn.requestId()), accepted.replayed());
        }
        count(AskOutcome.UNAVAILABLE);
        RequestId requestId = undone == UndoResult.NOT_PUBLISHED ? null : turn.requestId();
        throw new ProblemDetailException(ErrorCode.UNAVAILABLE, detail(e), requestId, e.getCause());
    }

    private static String detail(NotPublishedException e) {
        return e.isRejected()
                ? "Kafka did not accept the question. Retry later."
                : "Kafka did not acknowledge the question in time, but it may still be answered. Read the request, or "
                        + "retry with the same Idempotency-Key.";
    }

    private Submission currentState(AlreadyPublished known, boolean replayed) {
        RequestResource request = records.find(known.session(), known.requestId())
                .map(RequestResource::of)
                .orElseThrow(() -> new ProblemDetailException(
                        ErrorCode.NOT_FOUND,
                        "The request of this Idempotency-Key no longer exists. Use a new key to ask again.",
                        known.requestId(),
                        null));
        count(replayed ? AskOutcome.REPLAYED : AskOutcome.ACCEPTED);
        return new Submission(request, replayed);
    }

    private void markPublished(Accepted accepted) {
        try {
            acceptance.markPublished(accepted);
        } catch (DataAccessException unavailable) {
            // A retry publishes the turn again, and the processor discards the duplicate by its request id.
            warn("question is published, but its Idempotency-Key was not marked", accepted.turn(), unavailable);
        }
    }

    private UndoResult undo(Accepted accepted, boolean unsure) {
        try {
            return acceptance.undo(accepted, unsure);
        } catch (DataAccessException unavailable) {
            warn(
                    "acceptance of an unpublished question not undone, it counts as open until its record expires",
                    accepted.turn(),
                    unavailable);
            return UndoResult.POSSIBLY_PUBLISHED;
        }
    }

    /**
     * Logs a warning; at debug level if the circuit breaker of Redis is open, because the breaker has logged a warning.
     */
    private static void warn(String message, PreparedTurn turn, DataAccessException unavailable) {
        LOG.atLevel(unavailable instanceof BreakerOpenException ? Level.DEBUG : Level.WARN)
                .setMessage(message)
                .addKeyValue("user", turn.session().namespace())
                .addKeyValue("session", turn.session().sessionId())
                .addKeyValue("request_id", turn.requestId())
                .addKeyValue("cause", unavailable.getMostSpecificCause().toString())
                .log();
    }

    private void count(AskOutcome outcome) {
        Objects.requireNonNull(asks.get(outcome)).increment();
    }
}
