package io.turnlane.gateway.turns.deliver;

import io.turnlane.trace.SpanRole;
import io.turnlane.trace.Traces;

/**
 * Records the deliveries of terminal events: the time from the event's record until the event is written to a client.
 * Only an event of a recorded trace has a span. Thread-safe.
 */
public record DeliverySpans(Traces traces) {

    /** @param channel how the client receives events: {@code sse}, {@code ws} or {@code wait} */
    void delivered(LoggedEvent event, String channel) {
        LoggedEvent.EventTrace trace = event.trace();
        if (trace != null) {
            traces.start(SpanRole.CONSUMER, "deliver", channel, trace.traceparent(), trace.loggedAt())
                    .set("messaging.system.name", "kafka")
                    .set("messaging.operation.name", "deliver")
                    .set("messaging.operation.type", "process")
                    .set("turnlane.request_id", event.requestId().toString())
                    .set("turnlane.event", event.type())
                    .set("turnlane.channel", channel)
                    .close();
        }
    }
}
