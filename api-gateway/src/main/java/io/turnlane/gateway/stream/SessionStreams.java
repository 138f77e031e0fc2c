package io.turnlane.gateway.stream;

import io.turnlane.gateway.deliver.Cursor;
import io.turnlane.gateway.deliver.EventStreams;
import io.turnlane.gateway.deliver.Outbox;
import io.turnlane.gateway.deliver.Subscription;
import io.turnlane.gateway.deliver.Subscription.Interest;
import io.turnlane.gateway.requests.RequestRecords;
import io.turnlane.model.SessionKey;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Streams of whole sessions. */
@Component
final class SessionStreams {

    private final RequestRecords records;
    private final EventStreams streams;
    private final SseStream sse;

    SessionStreams(RequestRecords records, EventStreams streams, SseStream sse) {
        this.records = records;
        this.streams = streams;
        this.sse = sse;
    }

    void serve(SessionKey session, @Nullable Cursor after, boolean headOnly, HttpServletResponse response) {
        records.requireKnown(session, after);
        if (headOnly) {
            SseConnection.head(response);
            return;
        }
        Outbox outbox = streams.enter();
        Subscription subscription = null;
        try {
            Subscription opened = after == null
                    ? streams.live(outbox, session, Interest.SESSION)
                    : streams.after(outbox, session, Interest.SESSION, after);
            subscription = opened;
            if (after == null) {
                // Whoever is cut off before the first event has a place to come back to.
                streams.tellStart(opened);
            }
            sse.write(response, new SseStream.Source(outbox, false, () -> streams.tellPlace(opened)), null);
        } finally {
            if (subscription != null) {
                streams.close(subscription);
            }
            streams.leave(outbox);
        }
    }
}
