package io.turnlane.gateway.turns.requests;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonIncludeProperties;
import io.turnlane.gateway.turns.deliver.Cursor;
import io.turnlane.gateway.turns.deliver.Subscription;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.request.RequestRecord;
import io.turnlane.store.request.RequestRecords;
import io.turnlane.store.request.RequestRecords.RequestPage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Creates {@code gap} events, which replace events that a client has missed. A {@code gap} event contains the current
 * state of the request, or summaries of the session's open requests. The thread that writes to the client creates the
 * event immediately before it sends it. The event is never in the client's outbox, so its size does not count towards
 * the bound of the outbox. The summaries omit the questions to keep the event small.
 */
@Component
public record Snapshots(RequestRecords records, JsonMapper json, InstantSource clock) {

    private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);

    /** Number of the newest requests of a session whose ends are compared. */
    private static final int NEWEST = 100;

    /**
     * Snapshot for a client.
     *
     * @param event {@code gap} event as UTF-8 encoded JSON
     * @param endedRequest request of the subscription if this request has ended; null if it is open, or if the client
     *     follows a whole session
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes to send, never compared
    public record Snapshot(byte[] event, @Nullable RequestRecord endedRequest) {}

    private record GapEvent(
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            RequestId requestId,

            SessionId sessionId,
            String type,
            Instant at,
            @Nullable Object snapshot) {}

    /** Event with summaries of open requests. {@code links.self} leads to the resource with the question. */
    private record SessionGapEvent(
            SessionId sessionId,
            String type,
            Instant at,

            @JsonIncludeProperties({
                "request_id",
                "session_id",
                "type",
                "status",
                "agent",
                "processing_stage",
                "attempt",
                "position",
                "created_at",
                "started_at",
                "cancel_requested",
                "links"
            })
            List<RequestResource> snapshot) {}

    /**
     * Returns the current state of the subscription's request or session. If Redis is unavailable, the event contains
     * no state.
     */
    public Snapshot of(Subscription subscription) {
        try {
            RequestId requestId = subscription.requestId();
            return requestId == null ? ofSession(subscription) : of(subscription.session(), requestId);
        } catch (DataAccessException unavailable) {
            LOG.atWarn()
                    .addKeyValue("cause", unavailable.getMostSpecificCause().toString())
                    .log("gap event sent without a snapshot, Redis is unavailable");
            return new Snapshot(write(subscription.session(), subscription.requestId(), null), null);
        }
    }

    /**
     * Returns true if the request records show that a client of a whole session has missed no event, although the log
     * no longer does: the last request whose terminal event the client has received is also the session's last request
     * that ended, and no request is open. Returns false if this is unknown.
     *
     * @param cursor cursor of the client after the missing part of the log
     */
    public boolean hasMissedNothing(Subscription subscription, Cursor cursor) {
        Cursor.RequestProgress last = cursor.state().progress();
        if (subscription.requestId() != null || last == null || !last.ended()) {
            return false;
        }
        try {
            return isLastEnd(last.requestId(), subscription.session());
        } catch (DataAccessException unavailable) {
            return false;
        }
    }

    private List<RequestRecord> newestQuestions(SessionKey session) {
        Set<RequestStatus> all = EnumSet.allOf(RequestStatus.class);
        return records.page(session, all, null, NEWEST).map(RequestPage::requests).orElse(List.of()).stream()
                .filter(request -> request.type() == null) // commands have no events
                .toList();
    }

    /** Returns false also if the request is unknown, for example because the session was deleted since. */
    private boolean isLastEnd(RequestId last, SessionKey session) {
        if (!records.open(session).isEmpty()) { // can be older than the newest requests
            return false;
        }
        Map<RequestId, @Nullable Instant> ends = new HashMap<>();
        newestQuestions(session).forEach(request -> ends.put(request.requestId(), request.finishedAt()));
        Instant end = ends.remove(last);
        return end != null && ends.values().stream().allMatch(other -> other != null && other.isBefore(end));
    }

    private Snapshot of(SessionKey session, RequestId requestId) {
        RequestRecord request = records.find(session, requestId).orElse(null);
        Object resource = request == null ? null : RequestResource.of(request);
        return new Snapshot(write(session, requestId, resource), request != null && request.ended() ? request : null);
    }

    private Snapshot ofSession(Subscription subscription) {
        List<RequestResource> open = records.open(subscription.session()).stream()
                .filter(request -> request.type() == null) // commands have no events
                .filter(request -> subscription.selects(request.requestId()))
                .map(RequestResource::of)
                .toList();
        SessionId session = subscription.session().sessionId();
        byte[] event = json.writeValueAsBytes(new SessionGapEvent(session, "gap", clock.instant(), open));
        return new Snapshot(event, null);
    }

    private byte[] write(SessionKey session, @Nullable RequestId requestId, @Nullable Object snapshot) {
        return json.writeValueAsBytes(new GapEvent(requestId, session.sessionId(), "gap", clock.instant(), snapshot));
    }
}
