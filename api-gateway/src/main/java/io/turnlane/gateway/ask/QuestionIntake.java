package io.turnlane.gateway.ask;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.ask.Acceptance.Accepted;
import io.turnlane.gateway.ask.Acceptance.Full;
import io.turnlane.gateway.ask.TurnPublisher.NotPublishedException;
import io.turnlane.gateway.caller.Caller;
import io.turnlane.gateway.deliver.EventStreams;
import io.turnlane.gateway.fleet.Fleet;
import io.turnlane.gateway.problem.Refusal;
import io.turnlane.gateway.requests.RequestResource;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
    private final TurnIds ids;
    private final MeterRegistry metrics;

    public QuestionIntake(
            QuestionRules rules,
            Fleet fleet,
            EventStreams streams,
            Acceptance acceptance,
            TurnPublisher publisher,
            TurnIds ids,
            MeterRegistry metrics) {
        this.rules = rules;
        this.fleet = fleet;
        this.streams = streams;
        this.acceptance = acceptance;
        this.publisher = publisher;
        this.ids = ids;
        this.metrics = metrics;
    }

    /**
     * Finds the question valid.
     *
     * @param session null for a new anonymous one
     * @throws Refusal where it is not, or its agent is unknown, or the log is away
     */
    public PreparedTurn prepare(
            Caller caller, @Nullable SessionId session, AskBody body, @Nullable String traceparent) {
        String question = rules.question(body.question());
        String agent = rules.agent(body.agent());
        requireAgent(agent);
        SessionKey key = caller.key(session == null ? SessionId.random() : session);
        return new PreparedTurn(
                ids.next(),
                key,
                caller.userId(),
                agent,
                question,
                rules.metadata(body.metadata()),
                session == null ? rules.anonymousTtl() : rules.sessionTtl(),
                ids.now(),
                streams.position(key),
                rules.traceparent(traceparent));
    }

    /** Refuses an agent that no processor offers, as far as that can be known. */
    public void requireAgent(@Nullable String agent) {
        if (agent != null && !mayAnswer(agent)) {
            throw new Refusal(
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
     * Accepts and publishes.
     *
     * @return the request as it stands: queued
     * @throws Refusal where too many turns of the session are open, or the log refuses
     */
    public RequestResource submit(PreparedTurn turn) {
        Accepted accepted = accept(turn);
        Ask ask = new Ask(
                turn.requestId(),
                turn.session().sessionId(),
                turn.userId(),
                accepted.agent(),
                turn.question(),
                turn.metadata(),
                accepted.sessionTtl(),
                turn.createdAt());
        try {
            publisher.publish(ask, turn.eventsFrom(), turn.traceparent());
        } catch (NotPublishedException e) {
            count("unavailable");
            undo(turn, accepted);
            throw new Refusal(
                    ErrorCode.UNAVAILABLE, "the log did not take the question", turn.requestId(), e.getCause());
        }
        count("accepted");
        return RequestResource.accepted(
                turn.requestId(),
                turn.session().sessionId(),
                turn.question(),
                accepted.agent(),
                accepted.position(),
                turn.createdAt());
    }

    private Accepted accept(PreparedTurn turn) {
        try {
            return switch (acceptance.accept(turn, fleet.defaultAgent())) {
                case Accepted accepted -> accepted;
                case Full full -> {
                    count("session_queue_full");
                    throw new Refusal(
                            ErrorCode.SESSION_QUEUE_FULL, full.open() + " turns of this session wait already");
                }
            };
        } catch (DataAccessException away) {
            // Memory is a cache of the log: the processor that takes the turn makes its record.
            LOG.atWarn()
                    .setMessage("memory away, question goes on without it")
                    .addKeyValue("request_id", turn.requestId())
                    .addKeyValue("cause", away.getMostSpecificCause().toString())
                    .log();
            String agent = turn.agent() == null ? fleet.defaultAgent() : turn.agent();
            return new Accepted(agent, 0, turn.sessionTtl(), false);
        }
    }

    private void undo(PreparedTurn turn, Accepted accepted) {
        try {
            acceptance.undo(turn, accepted);
        } catch (DataAccessException away) {
            LOG.atWarn()
                    .setMessage("refused question stays in its session's open turns until its record expires")
                    .addKeyValue("request_id", turn.requestId())
                    .log();
        }
    }

    private void count(String outcome) {
        Counter.builder("turnlane.asks")
                .description("Questions by what became of them at the gateway")
                .tag("outcome", outcome)
                .register(metrics)
                .increment();
    }
}
