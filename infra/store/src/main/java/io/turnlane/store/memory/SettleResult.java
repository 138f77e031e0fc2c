package io.turnlane.store.memory;

import io.turnlane.model.RequestTimes;
import org.jspecify.annotations.Nullable;

/**
 * Result of {@linkplain SessionMemory#commit storing an answer}, {@linkplain SessionMemory#fail a failure} or
 * {@linkplain SessionMemory#cancel a cancellation}. A cancellation that is stored replies with the end of the turn.
 */
public sealed interface SettleResult
        permits SettleResult.Stored, SettleResult.TurnLost, MemoryResult.CancelRequested, MemoryResult.NothingToRun {

    /**
     * The outcome is stored. This call or an earlier one with the same outcome stored it.
     *
     * @param times times of the request record, if this call stored an answer and the turn has no merged questions;
     *     otherwise null
     */
    record Stored(@Nullable RequestTimes times) implements SettleResult {

        public Stored() {
            this(null);
        }
    }

    /**
     * Redis lost the data of this turn, so the outcome was not stored. The caller must begin the turn again under the
     * same flight id and then repeat the call.
     */
    record TurnLost() implements SettleResult {}
}
