package io.turnlane.gateway.ask;

import io.turnlane.gateway.ask.IdempotencyClaim.ClaimScope;
import io.turnlane.gateway.ask.RedisCallerClaims.ClaimConflict;
import io.turnlane.gateway.ask.RedisCallerClaims.Claimed;
import io.turnlane.gateway.ask.RedisCallerClaims.Published;
import io.turnlane.gateway.directory.SessionList;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

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

    @SuppressWarnings("rawtypes") // type of a Lua table
    private static final RedisScript<List> ACCEPT = RedisReply.listScript("claims.lua", "accept.lua");

    private static final RedisScript<String> UNDO = RedisReply.textScript("claims.lua", "undo_accept.lua");
    private static final RedisScript<Long> MARK = RedisReply.numberScript("claims.lua", "mark_claim.lua");
    private static final String PUBLISHED = "published";
    private static final String SHARED = "shared";
    private static final String UNSURE = "unsure";
    private static final String LAST = "last";

    /** Minimum interval between two updates of an active session in its user's session list. */
    private static final Duration LIST_INTERVAL = Duration.ofMinutes(1);

    private final StringRedisTemplate redis;
    private final AcceptRules rules;
    private final RedisCallerClaims callers;
    private final SessionList list;

    public RedisAcceptance(StringRedisTemplate redis, AcceptRules rules, SessionList list) {
        this.redis = redis;
        this.list = list;
        this.rules = rules;
        this.callers = new RedisCallerClaims(redis, rules.keyRetention());
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
        return switch (callers.claim(turn, claim)) {
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
            case AlreadyPublished _ -> callers.mark(first, claim);
            case Full _ -> callers.release(first, claim, call, false);
            case ForkInProgress _ -> callers.release(first, claim, call, false);
            case Accepted _, Conflict _ -> {}
        }
    }

    private AcceptOutcome acceptInSession(PreparedTurn turn, RequestId call, String claimedAt, String defaultAgent) {
        MemoryKeys keys = new MemoryKeys(turn.session());
        IdempotencyClaim claim = turn.claim();
        RedisReply reply = RedisReply.of(redis.execute(
                ACCEPT,
                withClaim(
                        turn,
                        keys.context(),
                        keys.openRequestIds(),
                        keys.requestIds(),
                        keys.history(),
                        keys.tombstone(),
                        keys.life()),
                millis(turn.createdAt()),
                turn.requestId().toString(),
                turn.session().sessionId().toString(),
                orEmpty(turn.userId()),
                orEmpty(turn.agent()),
                defaultAgent,
                turn.question(),
                Long.toString(turn.eventsFrom()),
                Long.toString(turn.sessionTtl().toMillis()),
                Long.toString(rules.resultRetention().toMillis()),
                Integer.toString(rules.maxOpenTurns() + turn.options().policy().extraOpenTurns()),
                keys.requestPrefix(),
                call.toString(),
                claimedAt,
                claim == null ? "" : claim.bodyHash(),
                Long.toString(rules.keyRetention().toMillis()),
                turn.redriveOf() == null ? "" : turn.redriveOf().toString(),
                turn.deadline() == null ? "" : Long.toString(turn.deadline().toMillis()),
                claim == null ? "" : claim.redisKey(turn.session()),
                Long.toString(LIST_INTERVAL.toMillis())));
        return outcome(turn, call, reply);
    }

    private AcceptOutcome outcome(PreparedTurn turn, RequestId call, RedisReply reply) {
        return switch (reply.status()) {
            case "accepted" -> accepted(turn, call, reply);
            case "making" -> new ForkInProgress();
            case "known" -> new AlreadyPublished(turn.session(), reply.requestId(1));
            case "conflict" -> new Conflict();
            case "full" -> new Full((int) reply.number(1));
            case String other -> throw new IllegalStateException("unexpected reply of accept.lua: " + other);
        };
    }

    /** Converts the reply, and updates the user's session list if the reply requests it. */
    private Accepted accepted(PreparedTurn turn, RequestId call, RedisReply reply) {
        if (reply.number(9) == 1) {
            list.recordActivity(turn.session(), turn.createdAt());
        }
        PreparedTurn first = turn.asRetryOf(
                reply.requestId(1), turn.session(), Instant.ofEpochMilli(reply.number(6)), reply.number(7));
        return new Accepted(
                first,
                call,
                reply.text(2),
                (int) reply.number(3),
                Duration.ofMillis(reply.number(4)),
                reply.number(5) == 1);
    }

    @Override
    public void markPublished(Accepted accepted) {
        PreparedTurn turn = accepted.turn();
        IdempotencyClaim claim = turn.claim();
        if (claim != null) {
            switch (claim.scope()) {
                case SESSION ->
                    redis.execute(MARK, withClaim(turn), turn.requestId().toString());
                case CALLER -> callers.mark(turn, claim);
            }
        }
    }

    @Override
    public UndoResult undo(Accepted accepted, boolean unsure) {
        PreparedTurn turn = accepted.turn();
        IdempotencyClaim claim = turn.claim();
        UndoResult ofClaim = unsure ? UndoResult.POSSIBLY_PUBLISHED : UndoResult.NOT_PUBLISHED;
        if (claim != null && claim.scope() == ClaimScope.CALLER) {
            // Release the claim first. In the opposite order, a concurrent call that publishes would lose its record.
            String reply = callers.release(turn, claim, accepted.callId(), unsure);
            if (reply.equals(PUBLISHED) || reply.equals(SHARED)) {
                return resultOf(reply);
            }
            ofClaim = resultOf(reply);
        }
        UndoResult ofSession = resultOf(undoInSession(accepted, unsure));
        return ofSession == UndoResult.NOT_PUBLISHED ? ofClaim : ofSession;
    }

    private String undoInSession(Accepted accepted, boolean unsure) {
        PreparedTurn turn = accepted.turn();
        MemoryKeys keys = new MemoryKeys(turn.session());
        return Objects.requireNonNull(redis.execute(
                UNDO,
                withClaim(turn, keys.context(), keys.openRequestIds(), keys.requestIds(), keys.history()),
                turn.requestId().toString(),
                accepted.newSession() ? "1" : "0",
                keys.requestPrefix(),
                accepted.callId().toString(),
                unsure ? "1" : "0"));
    }

    private static UndoResult resultOf(String reply) {
        return switch (reply) {
            case PUBLISHED -> UndoResult.PUBLISHED;
            case SHARED, UNSURE -> UndoResult.POSSIBLY_PUBLISHED;
            case LAST -> UndoResult.NOT_PUBLISHED;
            default -> throw new IllegalStateException("unexpected reply of a script: " + reply);
        };
    }

    /** Returns the given keys and, if the claim is in the session's hash slot, the keys of the claim. */
    private static List<String> withClaim(PreparedTurn turn, String... keys) {
        List<String> all = new ArrayList<>(List.of(keys));
        IdempotencyClaim claim = turn.claim();
        if (claim != null && claim.scope() == ClaimScope.SESSION) {
            String key = claim.redisKey(turn.session());
            all.add(key);
            all.add(MemoryKeys.publishingCalls(key));
        }
        return all;
    }

    private static String millis(Instant at) {
        return Long.toString(at.toEpochMilli());
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
