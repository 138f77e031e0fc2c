package io.turnlane.gateway.turns.ask;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.ask.AskJournal.AskOutcome;
import io.turnlane.gateway.turns.ask.Publication.PublicationCheck;
import io.turnlane.gateway.turns.ask.TurnPublisher.NotPublishedException;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.fleet.Fleet;
import io.turnlane.gateway.turns.fleet.Routes;
import io.turnlane.gateway.turns.requests.RequestResource;
import io.turnlane.model.CallbackUrl;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.accept.Acceptance;
import io.turnlane.store.accept.Acceptance.Accepted;
import io.turnlane.store.accept.Acceptance.AlreadyPublished;
import io.turnlane.store.accept.Acceptance.BudgetSpent;
import io.turnlane.store.accept.Acceptance.Conflict;
import io.turnlane.store.accept.Acceptance.ForkInProgress;
import io.turnlane.store.accept.Acceptance.Full;
import io.turnlane.store.accept.IdempotencyClaim;
import io.turnlane.store.accept.PreparedTurn;
import io.turnlane.store.request.RequestRecords;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Entry point for questions. {@link #prepare} validates a question and assigns its request id. {@link #submit} stores
 * the acceptance in Redis and then publishes the question to the turns topic.
 *
 * <p>Safe for use by any number of threads.
 *
 * <p>The journey of a turn continues in {@code accept.lua}, which {@code RedisAcceptance} runs.
 */
public final class QuestionIntake {

    private final QuestionRules rules;
    private final Fleet fleet;
    private final Routes routes;
    private final EventStreams streams;
    private final TolerantAcceptance acceptance;
    private final TurnPublisher publisher;
    private final UnpublishedQuestions unpublished;
    private final TurnIds ids;
    private final AskJournal journal;

    public QuestionIntake(
            QuestionRules rules,
            Fleet fleet,
            Routes routes,
            EventStreams streams,
            Acceptance acceptance,
            TurnPublisher publisher,
            RequestRecords records,
            TurnIds ids,
            MeterRegistry metrics) {
        this.rules = rules;
        this.fleet = fleet;
        this.routes = routes;
        this.streams = streams;
        this.publisher = publisher;
        this.ids = ids;
        this.journal = new AskJournal(metrics);
        this.acceptance = new TolerantAcceptance(acceptance, fleet, this.journal);
        this.unpublished = new UnpublishedQuestions(this.acceptance, records, this.journal);
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
                body.with(question, agent, metadata).withoutDefaults(),
                session == null ? IdempotencyClaim.ClaimScope.CALLER : IdempotencyClaim.ClaimScope.SESSION);
        requireKafka();
        fleet.requireAgent(agent);
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
                callback,
                routes.choose(agent, key, caller));
    }

    private void requireKafka() {
        if (!streams.isReady()) {
            journal.count(AskOutcome.UNAVAILABLE);
            throw new ProblemDetailException(ErrorCode.UNAVAILABLE, "Kafka is unavailable at the moment. Retry later.");
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
            case AcceptedQuestion.Unpublished(Accepted accepted) ->
                send(accepted, check).get();
            case AcceptedQuestion.Known(Submission earlier) -> earlier;
        };
    }

    /**
     * Stores the acceptance of a question, for a caller that publishes several questions together. The caller must then
     * {@linkplain #send send} the question unless an earlier call has published it.
     *
     * @throws ProblemDetailException if the question is rejected, as by {@link #submit(PreparedTurn)}
     */
    public AcceptedQuestion accept(PreparedTurn turn) {
        return switch (acceptance.accept(turn)) {
            case Accepted accepted -> new AcceptedQuestion.Unpublished(accepted);
            case AlreadyPublished known -> new AcceptedQuestion.Known(unpublished.currentState(known, true));
            case Conflict _ -> throw unpublished.conflict();
            case ForkInProgress _ -> throw unpublished.forkInProgress();
            case Full full -> throw unpublished.full(full);
            case BudgetSpent _ -> throw unpublished.budgetSpent();
        };
    }

    /**
     * Hands an accepted question to the producer and does not wait for Kafka. Questions of one session are published in
     * the order of these calls. The caller must call the returned function, from any thread: it waits for the
     * acknowledgement and returns the request. If Kafka rejected the question or did not acknowledge it, the function
     * undoes the acceptance and throws a {@link ProblemDetailException}.
     */
    public Supplier<Submission> send(Accepted accepted) {
        return send(accepted, Publication::await);
    }

    private Supplier<Submission> send(Accepted accepted, PublicationCheck check) {
        PreparedTurn turn = accepted.turn();
        try {
            Publication publication = publisher.send(
                    turn.command(accepted.agent(), accepted.route(), accepted.sessionTtl()),
                    turn.eventsFrom(),
                    turn.traceparent());
            return () -> awaitPublished(accepted, publication, check);
        } catch (NotPublishedException e) {
            return () -> unpublished.undo(accepted, e);
        }
    }

    private Submission awaitPublished(Accepted accepted, Publication publication, PublicationCheck check) {
        try {
            check.check(publication);
        } catch (NotPublishedException e) {
            return unpublished.undo(accepted, e);
        }
        acceptance.markPublished(accepted);
        journal.accepted(accepted);
        RequestResource request = RequestResource.accepted(accepted);
        Optional<Duration> wait = fleet.estimatedWait(accepted.agent(), accepted.position());
        return new Submission(request.withEstimatedWait(wait.orElse(null)), accepted.replayed());
    }
}
