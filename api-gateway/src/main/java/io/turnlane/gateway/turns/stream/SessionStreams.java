package io.turnlane.gateway.turns.stream;

import io.turnlane.gateway.turns.deliver.Cursor;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.deliver.Outbox;
import io.turnlane.gateway.turns.deliver.Subscription;
import io.turnlane.gateway.turns.deliver.Subscription.EventFilter;
import io.turnlane.gateway.turns.requests.LostRecords;
import io.turnlane.model.SessionKey;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Serves event streams of sessions. Safe for use by multiple threads. */
@Component
record SessionStreams(LostRecords lost, EventStreams streams, SseStream sse) {

    void serve(SessionKey session, @Nullable Cursor after, boolean headOnly, HttpServletResponse response) {
        lost.requireSession(session, after);
        if (headOnly) {
            SseConnection.writeHead(response);
            return;
        }
        Outbox outbox = streams.openOutbox();
        Subscription subscription = null;
        try {
            Subscription opened = after == null
                    ? streams.subscribeLive(outbox, session, EventFilter.SESSION)
                    : streams.subscribeAfter(outbox, session, EventFilter.SESSION, after);
            subscription = opened;
            if (after == null) {
                // A client that is disconnected before the first event needs a cursor to resume from.
                streams.offerStartCursor(opened);
            }
            sse.write(response, new SseStream.StreamSource(outbox, false, () -> streams.offerCursor(opened)), null);
        } finally {
            if (subscription != null) {
                streams.close(subscription);
            }
            streams.closeOutbox(outbox);
        }
    }
}
