package io.turnlane.gateway.ask;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Idempotency claims of questions that name no session. They are stored in the hash slot of the caller.
 *
 * <p>Safe for use by any number of threads.
 */
final class RedisCallerClaims {

    @SuppressWarnings("rawtypes") // type of a Lua table
    private static final RedisScript<List> CLAIM = RedisReply.listScript("claims.lua", "claim.lua");

    private static final RedisScript<Long> MARK = RedisReply.numberScript("claims.lua", "mark_claim.lua");
    private static final RedisScript<String> RELEASE = RedisReply.textScript("claims.lua", "release_claim.lua");

    private final StringRedisTemplate redis;
    private final Duration retention;

    RedisCallerClaims(StringRedisTemplate redis, Duration retention) {
        this.redis = redis;
        this.retention = retention;
    }

    sealed interface ClaimOutcome permits Claimed, Published, ClaimConflict {}

    /**
     * The Idempotency-Key belongs to this request, which is not known to be published. The calling code must accept the
     * question in this session and publish it.
     *
     * @param since time in epoch milliseconds at which an earlier call made the claim; empty if this call made it
     */
    record Claimed(RequestId requestId, SessionKey session, String since) implements ClaimOutcome {}

    /** An earlier call published the turn. */
    record Published(RequestId requestId, SessionKey session) implements ClaimOutcome {}

    /** The Idempotency-Key was used for a different question. */
    record ClaimConflict() implements ClaimOutcome {}

    ClaimOutcome claim(PreparedTurn turn, IdempotencyClaim claim) {
        RedisReply reply = RedisReply.of(redis.execute(
                CLAIM,
                keys(turn, claim),
                turn.requestId().toString(),
                turn.session().sessionId().toString(),
                claim.bodyHash(),
                Long.toString(turn.createdAt().toEpochMilli()),
                Long.toString(retention.toMillis())));
        return switch (reply.status()) {
            case "claimed" -> new Claimed(reply.requestId(1), session(turn, reply), reply.text(3));
            case "known" -> new Published(reply.requestId(1), session(turn, reply));
            case "conflict" -> new ClaimConflict();
            case String other -> throw new IllegalStateException("unexpected reply of claim.lua: " + other);
        };
    }

    private static SessionKey session(PreparedTurn turn, RedisReply reply) {
        return new SessionKey(turn.session().namespace(), new SessionId(reply.text(2)));
    }

    void mark(PreparedTurn turn, IdempotencyClaim claim) {
        redis.execute(MARK, keys(turn, claim), turn.requestId().toString());
    }

    String release(PreparedTurn turn, IdempotencyClaim claim, RequestId call, boolean unsure) {
        return Objects.requireNonNull(redis.execute(
                RELEASE, keys(turn, claim), turn.requestId().toString(), call.toString(), unsure ? "1" : "0"));
    }

    private static List<String> keys(PreparedTurn turn, IdempotencyClaim claim) {
        String key = MemoryKeys.claimOfUser(turn.session().namespace(), claim.keyHash());
        return List.of(key, MemoryKeys.publishingCalls(key));
    }
}
