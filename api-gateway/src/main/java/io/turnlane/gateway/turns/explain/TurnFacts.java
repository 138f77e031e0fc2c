package io.turnlane.gateway.turns.explain;

import io.turnlane.model.ClientDelivery;
import io.turnlane.store.request.RequestRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known about a turn.
 *
 * @param request record in Redis
 * @param log data in Kafka
 */
record TurnFacts(RequestRecord request, LogFacts log) {

    /**
     * Data about a turn in Kafka.
     *
     * @param question record on the turns topic; null if it was not found
     * @param events events of the turn in the order of their offsets, with only the first piece of text of each attempt
     * @param deliveries deliveries of its end, oldest first
     * @param complete true if the log was read completely
     */
    record LogFacts(
            @Nullable LoggedQuestion question,
            List<TurnLogEvent> events,
            List<GatewayDelivery> deliveries,
            boolean complete) {

        /** No data, because Kafka could not be read. */
        static final LogFacts UNREAD = new LogFacts(null, List.of(), List.of(), false);
    }

    /** Delivery by a gateway. */
    record GatewayDelivery(String gateway, ClientDelivery delivery) {}

    /** Returns the newest event; null if the log has none. */
    @Nullable
    TurnLogEvent lastEvent() {
        return log.events().isEmpty() ? null : log.events().getLast();
    }
}
