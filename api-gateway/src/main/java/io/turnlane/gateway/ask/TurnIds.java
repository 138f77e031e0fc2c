package io.turnlane.gateway.ask;

import com.fasterxml.uuid.NoArgGenerator;
import io.turnlane.model.RequestId;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** Ids and times of turns. Ids are UUIDv7: they sort by the time they were made. */
public final class TurnIds {

    private final NoArgGenerator uuids;
    private final InstantSource clock;

    public TurnIds(NoArgGenerator uuids, InstantSource clock) {
        this.uuids = uuids;
        this.clock = clock;
    }

    public RequestId next() {
        return new RequestId(uuids.generate());
    }

    /** To the millisecond, as memory keeps it. */
    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
