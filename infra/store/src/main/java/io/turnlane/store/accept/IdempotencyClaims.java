package io.turnlane.store.accept;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.RedisScripts;
import io.turnlane.store.Reply;
import io.turnlane.store.Script;
import io.turnlane.store.accept.Acceptance.UndoResult;
import java.time.Duration;
import java.util.List;

/**
 * Idempotency claims in Redis. The claim of a question that names no session is in the hash slot of the caller. This
 * class makes such claims. {@code accept.lua} makes the claims of other questions, in the hash slot of the session.
 *
 * <p>Safe for use by any number of threads.
 */
record IdempotencyClaims(RedisScripts scripts, Duration retention) {

    private static final Script CLAIM = Script.load(IdempotencyClaims.class, "claims", "claim");
    private static final Script MARK = Script.load(IdempotencyClaims.class, "claims", "mark_claim");

    /** Also releases a claim without a session. */
    static final Script UNDO = Script.load(IdempotencyClaims.class, "claims", "undo_accept");

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
        Reply reply = scripts.run(
                CLAIM,
                keys(turn, claim),
                turn.requestId(),
                turn.session().sessionId(),
                claim.bodyHash(),
                turn.createdAt().toEpochMilli(),
                retention.toMillis());
        return switch (reply.word()) {
            case "claimed" -> new Claimed(reply.requestId(1), session(turn, reply), reply.text(3));
            case "known" -> new Published(reply.requestId(1), session(turn, reply));
            case "conflict" -> new ClaimConflict();
            default -> throw reply.unexpected();
        };
    }

    private static SessionKey session(PreparedTurn turn, Reply reply) {
        return new SessionKey(turn.session().namespace(), new SessionId(reply.text(2)));
    }

    /** Marks the claim as published, in either slot. */
    void mark(PreparedTurn turn, IdempotencyClaim claim) {
        scripts.run(MARK, keys(turn, claim), turn.requestId());
    }

    /** Releases a claim in the caller's slot, for a call that did not publish the turn. */
    UndoResult release(PreparedTurn turn, IdempotencyClaim claim, RequestId call, boolean unsure) {
        return resultOf(scripts.run(UNDO, keys(turn, claim), turn.requestId(), call, unsure ? 1 : 0));
    }

    /** Returns the keys of the claim: those of the claim itself and of the calls that publish its turn. */
    static List<String> keys(PreparedTurn turn, IdempotencyClaim claim) {
        String key = claim.redisKey(turn.session());
        return List.of(key, MemoryKeys.publishingCalls(key));
    }

    /** Converts a reply of {@code undo_accept.lua}. */
    static UndoResult resultOf(Reply reply) {
        return switch (reply.word()) {
            case "published" -> UndoResult.PUBLISHED;
            case "shared" -> UndoResult.SHARED;
            case "unsure" -> UndoResult.POSSIBLY_PUBLISHED;
            case "last" -> UndoResult.NOT_PUBLISHED;
            default -> throw reply.unexpected();
        };
    }
}
