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
     * @param session session of the turn, which shortens the search; null if unknown
     * @return empty if the log doesn't hold the turn, or not within the limits of the search
     */
    Optional<RecordedTurn> find(RequestId request, @Nullable SessionKey session);
}
