package io.turnlane.gateway.ask;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.ask.Acceptance.AcceptOutcome;
import io.turnlane.gateway.ask.Acceptance.Accepted;
import io.turnlane.gateway.ask.Acceptance.AlreadyPublished;
import io.turnlane.gateway.ask.Acceptance.Conflict;
import io.turnlane.gateway.ask.Acceptance.ForkInProgress;
import io.turnlane.gateway.ask.Acceptance.Full;
import io.turnlane.gateway.ask.Acceptance.UndoResult;
import io.turnlane.gateway.ask.TurnPublisher.NotPublishedException;
import io.turnlane.gateway.breaker.BreakerOpenException;
import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.deliver.EventStreams;
import io.turnlane.gateway.fleet.Fleet;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.requests.RequestRecords;
import io.turnlane.gateway.requests.RequestResource;
import io.turnlane.model.CallbackUrl;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.dao.DataAccessException;

/**
 * The way of a question in: {@link #prepare} finds it valid and gives it an id, {@link #submit} accepts it in memory
 * and then publishes it. What was submitted is on the log.
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
    private final MeterRegistry metrics;

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
        this.metrics = metrics;
    }

    /**
     * Finds the question valid.
     *
     * @param session null for a new anonymous one
     * @param idempotencyKey as the client sent it; null where it sent none
     * @throws ProblemDetailException where it is not, or its agent is unknown, or the log is away
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
        IdempotencyClaim claim = IdempotencyClaim.of(
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
        requireLog();
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

    /** A log that has been away for seconds would only let each client wait for its timeout. */
    private void requireLog() {
        if (!streams.isReady()) {
            count("unavailable");
            throw new ProblemDetailException(ErrorCode.UNAVAILABLE, "the log is away at the moment");
        }
    }

    /** Refuses an agent that no processor offers, as far as that can be known. */
    public void requireAgent(@Nullable String agent) {
        if (agent != null && !mayAnswer(agent)) {
            throw new ProblemDetailException(
                    ErrorCode.UNKNOWN_AGENT, "no processor offers this agent; GET /v1/agents lists those there are");
        }
    }

    private boolean mayAnswer(String agent) {
        try {
            return fleet.mayAnswer(agent);
        } catch (DataAccessException e) {
            // The processor that takes the turn will know.
            return true;
        }
    }

    /**
     * Accepts and publishes, or finds what an earlier call under the same Idempotency-Key has done.
     *
     * @return the request as it stands: queued where this call asked it
     * @throws ProblemDetailException where the key stands for another question, too many turns of the session are open,
     *     or the log refuses or doesn't answer; in the last case the same key finds out later
     */
    public Submission submit(PreparedTurn turn) {
        return switch (accept(turn)) {
            case Accepted accepted -> publish(accepted);
            case AlreadyPublished known -> asItStands(known, true);
            case Conflict _ -> {
                count("idempotency_conflict");
                throw new ProblemDetailException(
                        ErrorCode.IDEMPOTENCY_CONFLICT, "this Idempotency-Key was used for another question");
            }
            case ForkInProgress _ -> {
                count("session_busy");
                throw new ProblemDetailException(
                        ErrorCode.SESSION_BUSY, "a fork makes this session at the moment; ask when it is there");
            }
            case Full full -> {
                count("session_queue_full");
                throw new ProblemDetailException(
                        ErrorCode.SESSION_QUEUE_FULL, full.open() + " turns of this session wait already");
            }
        };
    }

    private AcceptOutcome accept(PreparedTurn turn) {
        try {
            return acceptance.accept(turn, fleet.defaultAgent());
        } catch (DataAccessException away) {
            if (turn.claim() != null) {
                count("unavailable");
                throw new ProblemDetailException(
                        ErrorCode.UNAVAILABLE, "memory is away; without Idempotency-Key the question is taken", away);
            }
            // Memory is a cache of the log: the processor that takes the turn makes its record.
            warn("memory away, question goes on without it", turn, away);
            String agent = turn.agent() == null ? fleet.defaultAgent() : turn.agent();
            return new Accepted(turn, turn.requestId(), agent, 0, turn.sessionTtl(), false);
        }
    }

    private Submission publish(Accepted accepted) {
        PreparedTurn turn = accepted.turn();
        try {
            publisher.publish(
                    turn.command(accepted.agent(), accepted.sessionTtl()), turn.eventsFrom(), turn.traceparent());
        } catch (NotPublishedException e) {
            return notPublished(accepted, e);
        }
        mark(accepted);
        count(accepted.replayed() ? "replayed" : "accepted");
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

    /** The id is told where it may lead to a turn; what is nowhere has none. */
    private Submission notPublished(Accepted accepted, NotPublishedException e) {
        PreparedTurn turn = accepted.turn();
        UndoResult standing = undo(accepted, !e.isRejected());
        if (standing == UndoResult.PUBLISHED) {
            return asItStands(new AlreadyPublished(turn.session(), turn.requestId()), accepted.replayed());
        }
        count("unavailable");
        RequestId perhaps = standing == UndoResult.POSSIBLY_PUBLISHED ? turn.requestId() : null;
        throw new ProblemDetailException(ErrorCode.UNAVAILABLE, detail(e), perhaps, e.getCause());
    }

    private static String detail(NotPublishedException e) {
        return e.isRejected()
                ? "the log did not take the question"
                : "the log did not answer in time; it may have the question";
    }

    /** The log has it; its record says the rest. */
    private Submission asItStands(AlreadyPublished known, boolean replayed) {
        RequestResource request = records.find(known.session(), known.requestId())
                .map(RequestResource::of)
                .orElseThrow(() -> new ProblemDetailException(
                        ErrorCode.NOT_FOUND,
                        "this Idempotency-Key stands for a request that is gone",
                        known.requestId(),
                        null));
        count(replayed ? "replayed" : "accepted");
        return new Submission(request, replayed);
    }

    private void mark(Accepted accepted) {
        try {
            acceptance.markPublished(accepted);
        } catch (DataAccessException away) {
            // A retry publishes it again, and the processor knows it by its id.
            warn("published, but its claim isn't marked", accepted.turn(), away);
        }
    }

    private UndoResult undo(Accepted accepted, boolean unsure) {
        try {
            return acceptance.undo(accepted, unsure);
        } catch (DataAccessException away) {
            warn("question without place on the log stays open until its record expires", accepted.turn(), away);
            return UndoResult.POSSIBLY_PUBLISHED;
        }
    }

    /** While the breaker is open, it has said so once for all calls. */
    private static void warn(String message, PreparedTurn turn, DataAccessException away) {
        LOG.atLevel(away instanceof BreakerOpenException ? Level.DEBUG : Level.WARN)
                .setMessage(message)
                .addKeyValue("request_id", turn.requestId())
                .addKeyValue("cause", away.getMostSpecificCause().toString())
                .log();
    }

    private void count(String outcome) {
        Counter.builder("turnlane.asks")
                .description("Questions by what became of them at the gateway")
                .tag("outcome", outcome)
                .register(metrics)
                .increment();
    }
}
