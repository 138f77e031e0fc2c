package io.turnlane.gateway.stream;

import io.turnlane.gateway.deliver.Cursor;
import io.turnlane.gateway.deliver.EventStreams;
import io.turnlane.gateway.deliver.Outbox;
import io.turnlane.gateway.deliver.OutboxItem;
import io.turnlane.gateway.deliver.Subscription;
import io.turnlane.gateway.deliver.Subscription.EventFilter;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.requests.RequestRecord;
import io.turnlane.gateway.requests.RequestRecords;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Streams of one request: from its beginning, from its record where it is over, or after a cursor. */
@Component
public final class RequestStreams {

    /** Long enough for a turn whose owner died between storing the answer and saying so to be taken up by the next. */
    private static final Duration END_SURELY_TOLD = Duration.ofSeconds(30);

    /** A little more than a catch-up may take. */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(10);

    private final RequestRecords records;
    private final EventStreams streams;
    private final SseStream sse;
    private final InstantSource clock;

    RequestStreams(RequestRecords records, EventStreams streams, SseStream sse, InstantSource clock) {
        this.records = records;
        this.streams = streams;
        this.sse = sse;
        this.clock = clock;
    }

    /**
     * Streams the request to this client until it ends.
     *
     * @param after the cursor of the last event that the client has; null for all of it
     * @param headOnly whether the client wants to know only that there is one
     * @throws ProblemDetailException where there is no such request
     */
    public void serve(
            SessionKey session,
            RequestId requestId,
            @Nullable Cursor after,
            boolean headOnly,
            HttpServletResponse response) {
        Optional<RequestRecord> found = find(session, requestId, after);
        boolean command = found.map(RequestRecord::type).isPresent(); // they send no events
        if (command || (after != null && after.belongsTo(session) && after.hasEnd(requestId))) {
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        } else if (headOnly) {
            SseConnection.writeHead(response);
        } else if (after == null && found.isPresent() && found.get().ended()) {
            sse.writeFinished(response, found.get());
        } else {
            follow(session, requestId, after, found.orElse(null), response);
        }
    }

    /** Empty only where memory is away or has lost the request, and the cursor leads on without it. */
    private Optional<RequestRecord> find(SessionKey session, RequestId requestId, @Nullable Cursor after) {
        boolean leadsOn = after != null && after.belongsTo(session);
        try {
            Optional<RequestRecord> found = records.find(session, requestId);
            if (found.isEmpty() && !leadsOn) {
                throw ProblemDetailException.notFound("request");
            }
            return found;
        } catch (DataAccessException away) {
            if (!leadsOn) {
                throw away;
            }
            return Optional.empty();
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
                goOn(response, source, session, requestId);
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
            EventFilter interest,
            @Nullable Cursor after,
            @Nullable RequestRecord request) {
        if (after != null) {
            return streams.subscribeAfter(outbox, session, interest, after);
        }
        Long from = request == null ? null : request.eventsFrom();
        return from == null
                ? streams.subscribeWithGap(outbox, session, interest)
                : streams.subscribeFrom(outbox, session, interest, from);
    }

    /** What memory doesn't know the log may: only where that doesn't reach back either, there is no such request. */
    private void goOn(
            HttpServletResponse response, SseStream.StreamSource source, SessionKey session, RequestId requestId)
            throws InterruptedException {
        OutboxItem first = source.outbox().take(FIRST_LOOK);
        if (first instanceof OutboxItem.GapItem && isUnknown(session, requestId)) {
            throw ProblemDetailException.notFound("request");
        }
        sse.write(response, source, first);
    }

    private boolean isUnknown(SessionKey session, RequestId requestId) {
        try {
            return records.find(session, requestId).isEmpty();
        } catch (DataAccessException away) {
            return false;
        }
    }

    /**
     * The request is over: either what is missing is in the log, or its owner died before it said so and the next one
     * is about to, or the client has it all.
     */
    private void finish(
            HttpServletResponse response, SseStream.StreamSource source, Cursor after, RequestRecord request)
            throws InterruptedException {
        OutboxItem first = source.outbox().take(FIRST_LOOK);
        boolean caughtUp = first instanceof OutboxItem.CaughtUpItem;
        if (caughtUp) {
            first = source.outbox().take(untilSurelyTold(request));
        }
        if (!caughtUp || first != null) {
            sse.write(response, source, first);
        } else if (after.isBeforeEnd(request.requestId())) {
            sse.writeEnd(response, request);
        } else {
            // EventSource would come back for ever after anything else.
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        }
    }

    private Duration untilSurelyTold(RequestRecord request) {
        Instant finished = request.finishedAt();
        if (finished == null) {
            return END_SURELY_TOLD;
        }
        Duration left = Duration.between(clock.instant(), finished.plus(END_SURELY_TOLD));
        return left.isNegative() ? Duration.ZERO : left.compareTo(END_SURELY_TOLD) > 0 ? END_SURELY_TOLD : left;
    }
}
