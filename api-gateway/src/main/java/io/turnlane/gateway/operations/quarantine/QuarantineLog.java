package io.turnlane.gateway.operations.quarantine;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the quarantine topic. Safe for use by multiple threads. Each method blocks for at most a few seconds. It throws
 * a {@link io.turnlane.gateway.problem.ProblemDetailException} if Kafka is unavailable, or if too many requests read at
 * once.
 */
interface QuarantineLog {

    /**
     * Returns a page of turns, newest first. Duplicates of a turn appear once.
     *
     * @param before cursor at the end of an earlier page; null for the first page
     * @param limit maximum number of turns; a page can have fewer turns although more pages follow
     */
    QuarantinePage page(@Nullable QuarantineCursor before, int limit);

    /** Returns the newest record with this {@linkplain io.turnlane.model.QuarantinedTurn#id id}. */
    Optional<QuarantineRecord> find(String id);

    /** @param next cursor of the next page; null if no records are left */
    record QuarantinePage(
            List<QuarantineRecord> turns, @Nullable QuarantineCursor next) {}
}
