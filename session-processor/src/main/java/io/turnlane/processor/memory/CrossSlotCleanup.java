package io.turnlane.processor.memory;

import io.turnlane.model.MemoryKeys;
import io.turnlane.processor.memory.RedisScripts.Reply;
import io.turnlane.processor.memory.RedisScripts.Script;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * What a session leaves outside of its own hash slot: claims of questions that named no session, and its place in its
 * user's list. A deletion wipes it in steps of their own, which may be done again without harm. Safe for threads.
 */
final class CrossSlotCleanup {

    private final Script claimsElsewhere = RedisScripts.load("claims_elsewhere");
    private final Script wipeClaim = RedisScripts.load("wipe_claim");
    private final Script unlist = RedisScripts.load("unlist");
    private final RedisScripts scripts;

    CrossSlotCleanup(RedisScripts scripts) {
        this.scripts = scripts;
    }

    /** Before the session's records go: they alone say which claims there are. */
    void wipeClaims(MemoryKeys keys) {
        Reply reply = scripts.run(claimsElsewhere, List.of(keys.requestIds()), keys.requestPrefix(), keys.prefix());
        for (byte[] claim : reply.blobs(1)) {
            scripts.run(wipeClaim, List.of(new String(claim, StandardCharsets.UTF_8)));
        }
    }

    /** When the session is gone. */
    void unlist(MemoryKeys keys, Instant deletedAt) {
        scripts.run(
                unlist,
                List.of(MemoryKeys.sessionsOfUser(keys.session().namespace())),
                keys.session().sessionId(),
                deletedAt.toEpochMilli());
    }
}
