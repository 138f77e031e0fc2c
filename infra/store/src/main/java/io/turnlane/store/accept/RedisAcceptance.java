package io.turnlane.store.accept;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.RedisScripts;
import io.turnlane.store.Reply;
import io.turnlane.store.Script;
import io.turnlane.store.accept.IdempotencyClaim.ClaimScope;
import io.turnlane.store.accept.IdempotencyClaims.ClaimConflict;
import io.turnlane.store.accept.IdempotencyClaims.Claimed;
import io.turnlane.store.accept.IdempotencyClaims.Published;
import io.turnlane.store.limit.UsageBudget;
import io.turnlane.store.request.RequestFields;
import io.turnlane.store.session.SessionList;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.StringRedisTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Acceptance of questions in Redis. If a question names its session, one script writes the idempotency claim, the
 * session's context and the request record, all in the session's hash slot. If the question names no session, the claim
 * is in the caller's hash slot and the new session in another one. Two scripts are then necessary, and the claim is
 * written first. When Kafka has acknowledged the turn, the gateway marks the claim as published.
 *
 * <p>A gateway may crash between any two steps. The client then retries with the same key on any gateway:
 *
 * <table>
 * <caption>Crash points and their recovery</caption>
 * <tr><th>crash after</th><th>state</th><th>effect of the retry</th></tr>
 * <tr><td>claim in the caller's slot</td><td>key → request and session; nothing in the session's slot</td>
 * <td>accepts and publishes that request in that session</td></tr>
 * <tr><td>accept, before publish</td><td>unmarked claim, record with status {@code queued}</td>
 * <td>publishes the same request</td></tr>
 * <tr><td>publish, before mark</td><td>the same, and the turn is on the turns topic</td>
 * <td>marks the claim and returns the record if the record shows that a processor has the turn; otherwise publishes the
 * same request again, and the processor discards the duplicate by its request id</td></tr>
 * <tr><td>mark</td><td>complete</td><td>returns the record</td></tr>
 * <tr><td>rejected publish, before or during undo</td>
 *     <td>claim, with or without a record</td>
 * <td>creates a missing record and publishes the same request</td></tr>
 * <tr><td>publish without acknowledgement</td><td>claim; the record, until it is undone</td>
 * <td>publishes the same request</td></tr>
 * </table>
 *
 * <p>Several calls with one key can run at the same time. Every call that finds the claim unmarked publishes the turn.
 * The call cannot rely on the other calls, because their gateways may have crashed before they published. If all calls
 * fail, only the last one undoes the acceptance. The acceptance is kept if any call may have published the turn.
 *
 * <p>Limitation: if a gateway crashes before it publishes and the client does not retry, the request record counts as
 * open until it expires.
 *
 * <p>Safe for use by any number of threads.
 */
public final class RedisAcceptance implements Acceptance {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Script ACCEPT = Script.load(RedisAcceptance.class, "claims", "accept");

    /** Minimum interval between two updates of an active session in its user's session list. */
    private static final Duration LIST_INTERVAL = Duration.ofMinutes(1);

    private final StringRedisTemplate redis;
    private final RedisScripts scripts;
    private final AcceptRules rules;
    private final IdempotencyClaims claims;
    private final SessionList list;

    public RedisAcceptance(StringRedisTemplate redis, AcceptRules rules, SessionList list) {
        this.redis = redis;
        this.list = list;
        this.rules = rules;
        this.scripts = new RedisScripts(redis);
        this.claims = new IdempotencyClaims(scripts, rules.keyRetention());
    }

    @Override
    public AcceptOutcome accept(PreparedTurn turn, String defaultAgent) {
        IdempotencyClaim claim = turn.claim();
        return claim == null || claim.scope() == ClaimScope.SESSION
                ? acceptInSession(turn, turn.requestId(), "", defaultAgent)
                : acceptForCaller(turn, claim, defaultAgent);
    }

    @Override
    public boolean hasClaim(PreparedTurn turn) {
        IdempotencyClaim claim = turn.claim();
        return claim != null && Objects.requireNonNullElse(redis.hasKey(claim.redisKey(turn.session())), false);
    }

    private AcceptOutcome acceptForCaller(PreparedTurn turn, IdempotencyClaim claim, String defaultAgent) {
        return switch (claims.claim(turn, claim)) {
            case ClaimConflict _ -> new Conflict();
            case Published(RequestId requestId, SessionKey session) -> new AlreadyPublished(session, requestId);
            case Claimed(RequestId requestId, SessionKey session, String since) -> {
                PreparedTurn first = turn.asRetryOf(requestId, session, turn.createdAt(), turn.eventsFrom());
                AcceptOutcome outcome = acceptInSession(first, turn.requestId(), since, defaultAgent);
                updateCallerClaim(outcome, first, claim, turn.requestId());
                yield outcome;
            }
        };
    }

    /**
     * Marks or releases the claim in the caller's slot, if the script in the session's slot found that the turn is
     * already published or that the session accepts no question.
     */
    private void updateCallerClaim(AcceptOutcome outcome, PreparedTurn first, IdempotencyClaim claim, RequestId call) {
        switch (outcome) {
            case AlreadyPublished _ -> claims.mark(first, claim);
            case Full _ -> claims.release(first, claim, call, false);
            case ForkInProgress _, BudgetSpent _ -> claims.release(first, claim, call, false);
            case Accepted _, Conflict _ -> {}
        }
    }

    private AcceptOutcome acceptInSession(PreparedTurn turn, RequestId call, String claimedAt, String defaultAgent) {
        MemoryKeys keys = new MemoryKeys(turn.session());
        IdempotencyClaim claim = turn.claim();
        // A redrive by an operator does not count towards the limits of the user.
        UsageBudget budget = turn.redriveOf() == null ? rules.sessionBudget() : UsageBudget.NONE;
        List<Object> arguments = new ArrayList<>(Arrays.asList(
                turn.createdAt().toEpochMilli(),
                turn.requestId(),
                turn.session().sessionId(),
                orEmpty(turn.userId()),
                orEmpty(turn.agent()),
                defaultAgent,
                turn.sessionTtl().toMillis(),
                rules.resultRetention().toMillis(),
                rules.maxOpenTurns() + turn.options().policy().extraOpenTurns(),
                keys.requestPrefix(),
                call,
                claimedAt,
                claim == null ? "" : claim.bodyHash(),
                rules.keyRetention().toMillis(),
                turn.deadline() == null ? "" : turn.deadline().toMillis(),
                LIST_INTERVAL.toMillis(),
                budget.tokens(),
                budget.costInBillionths(),
                turn.routes().isEmpty() ? "" : JSON.writeValueAsString(turn.routes())));
        arguments.addAll(RequestFields.ofQuestion(
                turn.question(),
                turn.eventsFrom(),
                turn.redriveOf(),
                claim == null ? null : claim.redisKey(turn.session())));
        Reply reply = scripts.run(
                ACCEPT,
                withClaim(
                        turn,
                        keys.context(),
                        keys.openRequestIds(),
                        keys.requestIds(),
                        keys.history(),
                        keys.tombstone()),
                arguments.toArray());
        return switch (reply.word()) {
            case "accepted" -> accepted(turn, call, reply);
            case "making" -> new ForkInProgress();
            case "spent" -> new BudgetSpent();
            case "known" -> new AlreadyPublished(turn.session(), reply.requestId(1));
            case "conflict" -> new Conflict();
            case "full" -> new Full(reply.number(1));
            default -> throw reply.unexpected();
        };
    }

    /** Converts the reply, and updates the user's session list if the reply requests it. */
    private Accepted accepted(PreparedTurn turn, RequestId call, Reply reply) {
        if (reply.number(8) == 1) {
            list.recordActivity(turn.session(), turn.createdAt());
        }
        PreparedTurn first = turn.asRetryOf(
                reply.requestId(1), turn.session(), Instant.ofEpochMilli(reply.wholeNumber(6)), reply.wholeNumber(7));
        String route = reply.text(9);
        return new Accepted(
                first,
                call,
                reply.text(2),
                route.isEmpty() ? null : route,
                reply.number(3),
                reply.millis(4),
                reply.number(5) == 1);
    }

    @Override
    public void markPublished(Accepted accepted) {
        IdempotencyClaim claim = accepted.turn().claim();
        if (claim != null) {
            claims.mark(accepted.turn(), claim);
        }
    }

    @Override
    public UndoResult undo(Accepted accepted, boolean unsure) {
        PreparedTurn turn = accepted.turn();
        IdempotencyClaim claim = turn.claim();
        UndoResult ofClaim = unsure ? UndoResult.POSSIBLY_PUBLISHED : UndoResult.NOT_PUBLISHED;
        if (claim != null && claim.scope() == ClaimScope.CALLER) {
            // Release the claim first. In the opposite order, a concurrent call that publishes would lose its record.
            ofClaim = claims.release(turn, claim, accepted.callId(), unsure);
            if (ofClaim == UndoResult.PUBLISHED || ofClaim == UndoResult.SHARED) {
                return ofClaim;
            }
        }
        UndoResult ofSession = undoInSession(accepted, unsure);
        return ofSession == UndoResult.NOT_PUBLISHED ? ofClaim : ofSession;
    }

    private UndoResult undoInSession(Accepted accepted, boolean unsure) {
        PreparedTurn turn = accepted.turn();
        MemoryKeys keys = new MemoryKeys(turn.session());
        return IdempotencyClaims.resultOf(scripts.run(
                IdempotencyClaims.UNDO,
                withClaim(turn, keys.context(), keys.openRequestIds(), keys.requestIds(), keys.history()),
                turn.requestId(),
                accepted.callId(),
                unsure ? 1 : 0,
                keys.requestPrefix(),
                accepted.newSession() ? 1 : 0));
    }

    /** Returns the given keys and, if the claim is in the session's hash slot, the keys of the claim. */
    private static List<String> withClaim(PreparedTurn turn, String... keys) {
        List<String> all = new ArrayList<>(List.of(keys));
        IdempotencyClaim claim = turn.claim();
        if (claim != null && claim.scope() == ClaimScope.SESSION) {
            all.addAll(IdempotencyClaims.keys(turn, claim));
        }
        return all;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
