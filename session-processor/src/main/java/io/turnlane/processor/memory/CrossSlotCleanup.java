package io.turnlane.processor.memory;

import io.turnlane.model.MemoryKeys;
import io.turnlane.processor.memory.RedisScripts.Reply;
import io.turnlane.processor.memory.RedisScripts.Script;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * Removes the data of a deleted session that is outside the session's hash slot, because the script that deletes the
 * session can change only keys of this slot. This data is the session's entry in its user's list, and the claims of
 * idempotency keys whose questions named no session. A claim maps an idempotency key to its request. Each step can be
 * repeated. Thread-safe.
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
     * Removes the hashes of request bodies from the session's claims. Must run before the session's request records are
     * deleted, because only these records contain the keys of the claims.
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
