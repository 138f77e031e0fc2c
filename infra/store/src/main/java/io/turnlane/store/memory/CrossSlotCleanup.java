package io.turnlane.store.memory;

import io.turnlane.store.HashFields;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.Reply;
import io.turnlane.store.Script;
import io.turnlane.store.session.SessionList;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * Removes the data of a deleted session that is outside the session's hash slot in Redis. The script that deletes the
 * session cannot change this data. It is the session's entry in its user's list, and the idempotency claims of
 * questions that named no session. Each method can be repeated without harm. Thread-safe.
 */
record CrossSlotCleanup(FencedScripts scripts) {

    private static final Script CLAIMS_ELSEWHERE = FencedScripts.load("claims_elsewhere");
    private static final Script UNLIST = Script.load(SessionList.class, "unlist");

    /**
     * Removes the hash of the request's body from each idempotency claim of the session. Must run before the session's
     * request records are deleted, because only these records name the claims.
     */
    void wipeClaims(MemoryKeys keys) {
        Reply reply = scripts.run(CLAIMS_ELSEWHERE, List.of(keys.requestIds()), keys.requestPrefix(), keys.prefix());
        for (byte[] claim : reply.blobs(1)) {
            // The claim itself stays, so that a late retry doesn't ask the question again.
            scripts.run(HashFields.SET_IF_EXISTS, List.of(new String(claim, StandardCharsets.UTF_8)), "body", "");
        }
    }

    /** Removes the session from its user's list. Must run after the session was deleted. */
    void unlist(MemoryKeys keys, Instant deletedAt) {
        scripts.run(
                UNLIST,
                List.of(MemoryKeys.sessionsOfUser(keys.session().namespace())),
                keys.session().sessionId(),
                deletedAt.toEpochMilli());
    }
}
