package io.turnlane.store.memory;

import io.turnlane.store.MemoryKeys;
import io.turnlane.store.memory.RedisScripts.Reply;
import io.turnlane.store.memory.RedisScripts.Script;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * Removes the data of a deleted session that is outside the session's hash slot in Redis. The script that deletes the
 * session cannot change this data. It is the session's entry in its user's list, and the idempotency claims of
 * questions that named no session. Each method can be repeated without harm. Thread-safe.
 */
final class CrossSlotCleanup {

    private final Script claimsElsewhere = RedisScripts.load("claims_elsewhere");
    private final Script wipeClaim = RedisScripts.load("wipe_claim");
    private final Script unlist = RedisScripts.load("unlist");
    private final RedisScripts scripts;

    CrossSlotCleanup(RedisScripts scripts) {
        this.scripts = scripts;
    }

    /**
     * Removes the hash of the request's body from each idempotency claim of the session. Must run before the session's
     * request records are deleted, because only these records name the claims.
     */
    void wipeClaims(MemoryKeys keys) {
        Reply reply = scripts.run(claimsElsewhere, List.of(keys.requestIds()), keys.requestPrefix(), keys.prefix());
        for (byte[] claim : reply.blobs(1)) {
            scripts.run(wipeClaim, List.of(new String(claim, StandardCharsets.UTF_8)));
        }
    }

    /** Removes the session from its user's list. Must run after the session was deleted. */
    void unlist(MemoryKeys keys, Instant deletedAt) {
        scripts.run(
                unlist,
                List.of(MemoryKeys.sessionsOfUser(keys.session().namespace())),
                keys.session().sessionId(),
                deletedAt.toEpochMilli());
    }
}
