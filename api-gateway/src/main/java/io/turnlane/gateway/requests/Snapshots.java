package io.turnlane.gateway.requests;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.turnlane.gateway.deliver.Subscription;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a client gets in place of events that are gone: the request as it stands, or the session's open requests in
 * short. It is made when the client is ready to take it, and counts nothing in its outbox; so a session's is small,
 * however much was asked of it.
 */
public final class Snapshots {

    private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);

    private final RequestRecords records;
    private final JsonMapper json;
    private final InstantSource clock;

    public Snapshots(RequestRecords records, JsonMapper json, InstantSource clock) {
        this.records = records;
        this.json = json;
        this.clock = clock;
    }

    /**
     * A {@code gap} event.
     *
     * @param endedRequest the request that a request's stream is about, where it has ended
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

    /** What is to know of a request that hasn't ended; its question stands at {@code links.self}. */
    private record OpenRequest(
            RequestId requestId,
            SessionId sessionId,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String type,

            RequestStatus status,
            String agent,
            String processingStage,
            int attempt,
            int position,
            Instant createdAt,
            @Nullable Instant startedAt,
            boolean cancelRequested,
            RequestResource.Links links) {

        static OpenRequest of(RequestRecord record) {
            RequestResource request = RequestResource.of(record);
            return new OpenRequest(
                    request.requestId(),
                    request.sessionId(),
                    request.type(),
                    request.status(),
                    request.agent(),
                    request.processingStage(),
                    request.attempt(),
                    request.position(),
                    request.createdAt(),
                    request.startedAt(),
                    request.cancelRequested(),
                    request.links());
        }
    }

    /** Reads the state now; where memory is away the event has a null snapshot, and the client may poll. */
    public Snapshot of(Subscription subscription) {
        try {
            RequestId requestId = subscription.requestId();
            return requestId == null ? ofSession(subscription.session()) : of(subscription.session(), requestId);
        } catch (DataAccessException away) {
            LOG.atWarn()
                    .setMessage("gap without a snapshot, memory is away")
                    .addKeyValue("cause", away.getMostSpecificCause().toString())
                    .log();
            return new Snapshot(write(subscription.session(), subscription.requestId(), null), null);
        }
    }

    private Snapshot of(SessionKey session, RequestId requestId) {
        RequestRecord request = records.find(session, requestId).orElse(null);
        Object resource = request == null ? null : RequestResource.of(request);
        return new Snapshot(write(session, requestId, resource), request != null && request.ended() ? request : null);
    }

    private Snapshot ofSession(SessionKey session) {
        List<OpenRequest> open =
                records.open(session).stream().map(OpenRequest::of).toList();
        return new Snapshot(write(session, null, open), null);
    }

    private byte[] write(SessionKey session, @Nullable RequestId requestId, @Nullable Object snapshot) {
        return json.writeValueAsBytes(new GapEvent(requestId, session.sessionId(), "gap", clock.instant(), snapshot));
    }
}
