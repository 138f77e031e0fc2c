package io.turnlane.gateway.turns.deliver;

import io.turnlane.model.RequestTimes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * End of an agent's turn.
 *
 * @param at time at which the terminal event was published, in epoch milliseconds
 * @param type type of the terminal event
 * @param errorCode code of the error if the turn failed, or null
 * @param times times of a completed turn, or null if they are unknown
 */
public record AgentEnd(
        String agent,
        long at,
        String type,
        @Nullable String errorCode,
        @Nullable RequestTimes times) {

    /** Returns the time from the beginning of the first attempt to the end; null if it is unknown. */
    public @Nullable Duration runTime() {
        return times == null ? null : Duration.between(times.begunAt(), times.finishedAt());
    }
}
