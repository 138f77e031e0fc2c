package io.turnlane.gateway.turns.requests;

import io.turnlane.gateway.turns.deliver.LoggedEvent;
import io.turnlane.model.RequestTimes;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Finished requests, from their terminal events instead of their records in Redis.
 *
 * <p>Safe for use by any number of threads.
 */
@Component
public record EndedRequests(WireFormat wire) {

    /**
     * Returns the finished request. It equals the resource of the record in Redis.
     *
     * @param before resource of the request before its end
     * @param end terminal event of the request; null if the request has not ended
     * @return empty if the event does not contain everything that the resource shows; the caller must then read the
     *     record
     */
    public Optional<RequestResource> from(RequestResource before, @Nullable LoggedEvent end) {
        RequestTimes times = end == null ? null : end.times();
        if (end == null || times == null) {
            return Optional.empty();
        }
        try {
            return wire.readTerminalEvent(end.value()).body() instanceof TurnEvent.Completed completed
                    ? Optional.of(before.completed(completed.answer(), end.attempt(), times))
                    : Optional.empty();
        } catch (UnreadableRecordException unreadable) {
            return Optional.empty();
        }
    }
}
