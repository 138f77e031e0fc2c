package io.turnlane.gateway.ask;

import io.turnlane.gateway.ask.IdempotencyClaim.ClaimScope;
import io.turnlane.gateway.ask.RedisCallerClaims.ClaimConflict;
import io.turnlane.gateway.ask.RedisCallerClaims.Claimed;
import io.turnlane.gateway.ask.RedisCallerClaims.Published;
import io.turnlane.gateway.directory.SessionList;
import io.turnlane.model.MemoryKeys;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Accepting in Redis. Where a question names its session, its claim, context and record share the session's hash slot
 * and one script does it all. Where it names none, the claim lies in the caller's slot, and the session that it leads
 * to in another: two scripts, the claim first.
 *
 * <p>A gateway may die between any two steps, and its client comes back with the same key, to any gateway:
 *
 * <table>
 * <caption>Where it can break</caption>
 * <tr><th>dies after</th><th>what is there</th><th>what the retry does</th></tr>
 * <tr><td>the claim in the caller's slot</td><td>key → request and session, nothing in the session's slot</td>
 *     <td>accepts and publishes that request in that session</td></tr>
 * <tr><td>accept, before the publish</td><td>an unmarked claim, a record {@code queued}</td>
 *     <td>publishes the same request</td></tr>
 * <tr><td>the publish, before the mark</td><td>the same, and the turn is on the log</td>
 *     <td>nothing more where the record shows that a processor has it, which marks the claim; else publishes the same
 *     request again, and the processor drops the twin by its id</td></tr>
 * <tr><td>the mark</td><td>all</td><td>is answered from the record</td></tr>
 * <tr><td>a publish that the log refused, before or in the undoing</td><td>the claim with a call that never ends, or
 *     without a record</td><td>accepts what is missing and publishes the same request</td></tr>
 * <tr><td>a publish without an answer</td><td>the claim; the record until it is undone</td>
 *     <td>publishes the same request</td></tr>
 * </table>
 *
 * <p>Calls with one key may run at the same time. Each that finds the claim unmarked publishes: waiting for the other
 * would tie a client to a gateway that may be dead, and answering without publishing would promise what nobody did.
 * Only the last of them undoes, and never what one of them may have got through.
 *
 * <p>What stays: a gateway that dies before the publish and whose client never comes back leaves a record that counts
 * as open until it expires.
 *
 * <p>Safe for use by any number of threads.
 */
public final class RedisAcceptance implements Acceptance {

    @SuppressWarnings("rawtypes") // a Lua table's type
    private static final RedisScript<List> ACCEPT = RedisReply.script("claims.lua", "accept.lua");

    private static final RedisScript<String> UNDO = RedisReply.word("claims.lua", "undo_accept.lua");
    private static final RedisScript<Long> MARK = RedisReply.number("claims.lua", "mark_claim.lua");
    private static final String ON_LOG = "published";
    private static final String SHARED = "shared";
    private static final String UNSURE = "unsure";
    private static final String NOBODY_ELSE = "last";

    /** A session that is asked again and again is noted in its user's list so often. */
    private static final Duration NOTED_EVERY = Duration.ofMinutes(1);

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
                ? inSession(turn, turn.requestId(), "", defaultAgent)
                : ofCaller(turn, claim, defaultAgent);
    }

    @Override
    public boolean hasClaim(PreparedTurn turn) {
        IdempotencyClaim claim = turn.claim();
        return claim != null && Objects.requireNonNullElse(redis.hasKey(claim.redisKey(turn.session())), false);
    }

    private AcceptOutcome ofCaller(PreparedTurn turn, IdempotencyClaim claim, String defaultAgent) {
        return switch (callers.claim(turn, claim)) {
            case ClaimConflict _ -> new Conflict();
            case Published(RequestId requestId, SessionKey session) -> new AlreadyPublished(session, requestId);
            case Claimed(RequestId requestId, SessionKey session, String since) -> {
                PreparedTurn first = turn.asRetryOf(requestId, session, turn.createdAt(), turn.eventsFrom());
                AcceptOutcome outcome = inSession(first, turn.requestId(), since, defaultAgent);
                settle(outcome, first, claim, turn.requestId());
                yield outcome;
            }
        };
    }

    /** The session's slot may know more than the caller's. */
    private void settle(AcceptOutcome outcome, PreparedTurn first, IdempotencyClaim claim, RequestId call) {
        switch (outcome) {
            case AlreadyPublished _ -> callers.mark(first, claim);
            case Full _ -> callers.release(first, claim, call, false);
            case ForkInProgress _ -> callers.release(first, claim, call, false);
            case Accepted _, Conflict _ -> {}
        }
    }

    private AcceptOutcome inSession(PreparedTurn turn, RequestId call, String claimedAt, String defaultAgent) {
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
                        keys.tombstone()),
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
                Integer.toString(rules.maxOpenTurns()),
                keys.requestPrefix(),
                call.toString(),
                claimedAt,
                claim == null ? "" : claim.bodyHash(),
                Long.toString(rules.keyRetention().toMillis()),
                turn.redriveOf() == null ? "" : turn.redriveOf().toString(),
                turn.deadline() == null ? "" : Long.toString(turn.deadline().toMillis()),
                claim == null ? "" : claim.redisKey(turn.session()),
                Long.toString(NOTED_EVERY.toMillis())));
        return outcome(turn, call, reply);
    }

    private AcceptOutcome outcome(PreparedTurn turn, RequestId call, RedisReply reply) {
        return switch (reply.word()) {
            case "accepted" -> accepted(turn, call, reply);
            case "making" -> new ForkInProgress();
            case "known" -> new AlreadyPublished(turn.session(), reply.requestId(1));
            case "conflict" -> new Conflict();
            case "full" -> new Full((int) reply.number(1));
            case String other -> throw new IllegalStateException("accept.lua said " + other);
        };
    }

    /** Where the log refuses it after all, the list names a session that isn't, which its next reader prunes. */
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
            // The claim first: the other way round a call that publishes meanwhile would lose its record.
            String word = callers.release(turn, claim, accepted.callId(), unsure);
            if (word.equals(ON_LOG) || word.equals(SHARED)) {
                return standing(word);
            }
            ofClaim = standing(word);
        }
        UndoResult ofSession = standing(undoInSession(accepted, unsure));
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

    private static UndoResult standing(String word) {
        return switch (word) {
            case ON_LOG -> UndoResult.PUBLISHED;
            case SHARED, UNSURE -> UndoResult.POSSIBLY_PUBLISHED;
            case NOBODY_ELSE -> UndoResult.NOT_PUBLISHED;
            default -> throw new IllegalStateException("a script said " + word);
        };
    }

    /** These keys, and those of the turn's claim where it shares their slot. */
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
