package io.turnlane.gateway.turns.ask;

import com.fasterxml.uuid.NoArgGenerator;
import io.turnlane.model.RequestId;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * Source of request ids and creation times. Ids are UUIDv7, which sort by creation time.
 *
 * <p>Safe for use by any number of threads.
 */
public record TurnIds(NoArgGenerator uuids, InstantSource clock) {

    public RequestId next() {
        return new RequestId(uuids.generate());
    }

    /** Returns the current time, truncated to the milliseconds that Redis stores. */
    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
