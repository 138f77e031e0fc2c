package io.turnlane.processor.memory;

import io.turnlane.model.MemoryKeys;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.time.Instant;

/**
 * One run of one turn by one owner: what every write to memory must show.
 *
 * @param flight random; two runs of the same turn differ by it
 * @param fence the token of the partition assignment under which it runs
 * @param partition of the turns topic
 * @param offset of the turn's record
 * @param loggedAt its timestamp
 */
public record FlightRef(
        SessionKey session,
        RequestId request,
        String flight,
        long fence,
        int partition,
        long offset,
        Instant loggedAt) {

    MemoryKeys keys() {
        return new MemoryKeys(session);
    }
}
