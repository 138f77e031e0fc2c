package io.turnlane.gateway.quarantine;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the quarantine topic. Throws a {@link io.turnlane.gateway.problem.ProblemDetailException} where the log is away
 * or too many read at once. Called by any thread; blocks for some seconds at most.
 */
interface QuarantineLog {

    /**
     * A page, newest first; twins of one turn are shown once.
     *
     * @param before where an earlier page ended; null for the newest
     * @param limit most that are wanted; there may be fewer though more follow
     */
    QuarantinePage page(@Nullable QuarantineCursor before, int limit);

    /** The newest record of this {@linkplain io.turnlane.model.QuarantinedTurn#id id}. */
    Optional<QuarantineRecord> find(String id);

    /** @param next where the next page starts; null where nothing is left */
    record QuarantinePage(
            List<QuarantineRecord> turns, @Nullable QuarantineCursor next) {}
}
