package io.turnlane.processor.replay;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds recorded turns. Reads only. */
public interface TurnArchive {

    /**
     * Searches for a turn.
     *
     * @param session probable session of the turn, whose partition is searched first; null if unknown
     * @return the turn; empty if the log doesn't hold the turn, or if the search doesn't find it within its limits
     */
    Optional<RecordedTurn> find(RequestId request, @Nullable SessionKey session);
}
