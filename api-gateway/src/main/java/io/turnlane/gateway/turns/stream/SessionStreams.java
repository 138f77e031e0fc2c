package io.turnlane.gateway.turns.stream;

import io.turnlane.gateway.turns.deliver.Cursor;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.deliver.Outbox;
import io.turnlane.gateway.turns.deliver.Subscription;
import io.turnlane.gateway.turns.deliver.Subscription.EventFilter;
import io.turnlane.gateway.turns.requests.ExistingSession;
import io.turnlane.model.SessionKey;
import io.turnlane.store.request.RequestRecords;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Serves event streams of sessions. Safe for use by multiple threads. */
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
        ExistingSession.require(records, session, after);
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
