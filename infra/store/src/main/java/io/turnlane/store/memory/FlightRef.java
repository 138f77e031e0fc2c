package io.turnlane.store.memory;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import java.time.Instant;
import java.util.List;

/**
 * Identity of a flight, which is one execution of a turn in one processor. Every write to memory contains the identity
 * of its flight.
 *
 * @param flight random id of the execution; two executions of the same turn have different ids
 * @param fence fence that the owner received with the partition
 * @param offset offset of the turn's record
 * @param loggedAt timestamp of the turn's record
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

    /** Returns the keys that every script for one request gets, in the order in which {@code fenced.lua} names them. */
    List<String> requestKeys() {
        MemoryKeys keys = keys();
        return List.of(
                keys.context(),
                keys.history(),
                keys.request(request),
                keys.requestIds(),
                keys.openRequestIds(),
                keys.tombstone());
    }
}
