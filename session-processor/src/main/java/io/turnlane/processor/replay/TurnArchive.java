package io.turnlane.processor.replay;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds turns that were recorded. Reads only. */
public interface TurnArchive {

    /**
     * Looks for a turn.
     *
     * @param session whose it is, which makes the search shorter; null where that isn't known
     * @return empty where the log doesn't hold it, or not within the bounds of a search
     */
    Optional<RecordedTurn> find(RequestId request, @Nullable SessionKey session);
}
