package io.turnlane.gateway.turns.stream;

import io.turnlane.gateway.problem.EventsUnavailableException;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.deliver.Cursor;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.deliver.Outbox;
import io.turnlane.gateway.turns.deliver.OutboxItem;
import io.turnlane.gateway.turns.deliver.Subscription;
import io.turnlane.gateway.turns.deliver.Subscription.EventFilter;
import io.turnlane.gateway.turns.requests.LostRecords;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.request.RequestRecord;
import io.turnlane.store.request.RequestRecords;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Serves event streams of a single request: from its beginning, after a cursor, or reconstructed from the record of a
 * request that has ended. Safe for use by multiple threads.
 */
@Component
public record RequestStreams(
        RequestRecords records, LostRecords lost, EventStreams streams, SseStream sse, InstantSource clock) {

    /**
     * Maximum time between the end of a request and the publication of its terminal event. Allows for an owner that
     * dies after it has stored the answer: the next owner then publishes the event.
     */
    private static final Duration TERMINAL_EVENT_DELAY = Duration.ofSeconds(30);

    /** Maximum time to wait for the first item of a stream; slightly longer than the maximum time of a catch-up. */
    private static final Duration FIRST_ITEM_TIMEOUT = Duration.ofSeconds(10);

    /**
     * Streams the events of the request to this client until the request ends.
     *
     * @param after cursor of the last event that the client has; null for all events
     * @param headOnly true for a HEAD request, whose response contains no events
     * @throws ProblemDetailException if the request does not exist
     */
    public void serve(
            SessionKey session,
            RequestId requestId,
            @Nullable Cursor after,
            boolean headOnly,
            HttpServletResponse response) {
        Optional<RequestRecord> found = find(session, requestId, after);
        boolean command = found.map(RequestRecord::type).isPresent(); // commands publish no events
        if (command || (after != null && after.belongsTo(session) && after.hasEnd(requestId))) {
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        } else if (headOnly) {
            SseConnection.writeHead(response);
        } else if (after == null && found.isPresent() && found.get().ended()) {
            sse.writeFinished(response, found.get(), cursorAfterEnd(session, found.get()));
        } else {
            follow(session, requestId, after, found.orElse(null), response);
        }
    }

    /**
     * Returns the record of a request. Without a record, a stream can continue only after a cursor of this session. If
     * the client has such a cursor, a missing record or an unavailable Redis leads to an empty result.
     *
     * @throws ProblemDetailException if the record is missing and the client has no such cursor
     * @throws DataAccessException if Redis is unavailable and the client has no such cursor
     */
    private Optional<RequestRecord> find(SessionKey session, RequestId requestId, @Nullable Cursor after) {
        boolean canContinue = after != null && after.belongsTo(session);
        try {
            Optional<RequestRecord> found = records.find(session, requestId);
            if (found.isEmpty() && !canContinue) {
                throw lost.request(session, requestId);
            }
            return found;
        } catch (DataAccessException unavailable) {
            if (!canContinue) {
                throw unavailable;
            }
            return Optional.empty();
        }
    }

    /**
     * Returns the cursor after the terminal event of a finished request, or null if this gateway has never reached
     * Kafka. The stream sends this cursor as the id of the terminal event. If a browser's EventSource reconnects with
     * it, the gateway answers 204, which stops the EventSource.
     */
    private @Nullable Cursor cursorAfterEnd(SessionKey session, RequestRecord request) {
        try {
            return streams.cursorAfterEnd(session, request.requestId(), request.attempt());
        } catch (EventsUnavailableException unavailable) {
            return null;
        }
    }

    private void follow(
            SessionKey session,
            RequestId requestId,
            @Nullable Cursor after,
            @Nullable RequestRecord request,
            HttpServletResponse response) {
        Outbox outbox = streams.openOutbox();
        Subscription subscription = null;
        try {
            Subscription opened = subscribe(outbox, session, EventFilter.request(requestId), after, request);
            subscription = opened;
            SseStream.StreamSource source = new SseStream.StreamSource(outbox, true, () -> streams.offerCursor(opened));
            if (after != null && request == null) {
                continueWithoutRecord(response, source, session, requestId);
            } else if (after != null && request != null && request.ended()) {
                finish(response, source, after, request);
            } else {
                sse.write(response, source, null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (subscription != null) {
                streams.close(subscription);
            }
            streams.closeOutbox(outbox);
        }
    }

    private Subscription subscribe(
            Outbox outbox,
            SessionKey session,
            EventFilter filter,
            @Nullable Cursor after,
            @Nullable RequestRecord request) {
        if (after != null) {
            return streams.subscribeAfter(outbox, session, filter, after);
        }
        Long from = request == null ? null : request.eventsFrom();
        return from == null
                ? streams.subscribeWithGap(outbox, session, filter)
                : streams.subscribeFrom(outbox, session, filter, from);
    }

    /**
     * Continues a stream without a request record.
     *
     * @throws ProblemDetailException if the log no longer contains the events after the cursor, and Redis still has no
     *     record of the request
     */
    private void continueWithoutRecord(
            HttpServletResponse response, SseStream.StreamSource source, SessionKey session, RequestId requestId)
            throws InterruptedException {
        OutboxItem first = source.outbox().take(FIRST_ITEM_TIMEOUT);
        if (first instanceof OutboxItem.GapItem && isUnknown(session, requestId)) {
            throw lost.request(session, requestId);
        }
        sse.write(response, source, first);
    }

    private boolean isUnknown(SessionKey session, RequestId requestId) {
        try {
            return records.find(session, requestId).isEmpty();
        } catch (DataAccessException unavailable) {
            return false;
        }
    }

    /**
     * Continues the stream of a request that has ended. First sends the events that follow the cursor in the log. If
     * there are none, waits for the terminal event, which the next owner publishes if the previous owner died. If this
     * event does not arrive in time, but the cursor is before the end of the request, sends the terminal event from the
     * request record. Otherwise the client already has all events, and the response has status 204.
     */
    private void finish(
            HttpServletResponse response, SseStream.StreamSource source, Cursor after, RequestRecord request)
            throws InterruptedException {
        OutboxItem first = source.outbox().take(FIRST_ITEM_TIMEOUT);
        boolean caughtUp = first instanceof OutboxItem.CaughtUpItem;
        if (caughtUp) {
            first = source.outbox().take(untilTerminalEventPublished(request));
        }
        if (!caughtUp || first != null) {
            sse.write(response, source, first);
        } else if (after.isBeforeEnd(request.requestId())) {
            sse.writeEnd(response, request, after.ended(request.requestId(), request.attempt()));
        } else {
            // Status 204 makes a browser's EventSource stop. If the response were empty with status 200, the
            // EventSource would reconnect again and again.
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        }
    }

    private Duration untilTerminalEventPublished(RequestRecord request) {
        Instant finished = request.finishedAt();
        if (finished == null) {
            return TERMINAL_EVENT_DELAY;
        }
        Duration remaining = Duration.between(clock.instant(), finished.plus(TERMINAL_EVENT_DELAY));
        return remaining.isNegative()
                ? Duration.ZERO
                : remaining.compareTo(TERMINAL_EVENT_DELAY) > 0 ? TERMINAL_EVENT_DELAY : remaining;
    }
}
