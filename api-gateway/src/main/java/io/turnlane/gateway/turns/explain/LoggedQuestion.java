package io.turnlane.gateway.turns.explain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Headers and position of a question's record on the turns topic.
 *
 * @param gateway id of the gateway that accepted the question; null if an older gateway published it
 * @param limits limits that the question passed; null if an older gateway published it
 */
record LoggedQuestion(
        int partition,
        long offset,
        Instant loggedAt,
        @Nullable String gateway,
        @Nullable String limits) {}
