package io.turnlane.store.request;

import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionKey;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.store.CorruptValueException;
import io.turnlane.store.DamagedRecordException;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.ZSetOperations.TypedTuple;

/**
 * Read access to request records. Every method throws a data access exception if Redis is unavailable.
 *
 * <p>Safe for use by any number of threads.
 */
public record RequestRecords(RedisTemplate<String, byte[]> redis, WireFormat wire) {

    private static final Logger LOG = LoggerFactory.getLogger(RequestRecords.class);

    private static final int READ_SIZE = 100;

    /** Maximum number of reads for one page, to bound the cost if few requests have the wanted status. */
    private static final int MAX_READS = 10;

    /**
     * Number of additional ids that a read after a cursor fetches. Redis selects ids by time only, so it also returns
     * ids with the same time that come before the cursor. The read skips these ids.
     */
    private static final int TIES = 100;

    /** @param next position after the page; null on the last page */
    public record RequestPage(
            List<RequestRecord> requests, @Nullable RequestPosition next) {}

    /**
     * Position in the list of a session's requests, newest first.
     *
     * @param createdAt creation time of the last request before this position, in epoch milliseconds
     * @param last id of that request
     */
    public record RequestPosition(long createdAt, RequestId last) {

        /**
         * Returns true if a request comes after this position. Requests of the same time are in reverse order of their
         * ids.
         */
        boolean isBefore(long createdAt, RequestId request) {
            return createdAt < this.createdAt
                    || (createdAt == this.createdAt && request.toString().compareTo(last.toString()) < 0);
        }
    }

    /**
     * Returns a request of a session, or empty if the session has no such request.
     *
     * @throws DamagedRecordException if the stored record is damaged
     */
    public Optional<RequestRecord> find(SessionKey session, RequestId requestId) {
        MemoryKeys keys = new MemoryKeys(session);
        Map<String, byte[]> fields = redis.<String, byte[]>opsForHash().entries(keys.request(requestId));
        if (fields.isEmpty()) {
            return completedDeletion(session, requestId);
        }
        boolean queued = equalsText("queued", fields.get("status"));
        Long rank = queued ? redis.opsForZSet().rank(keys.openRequestIds(), bytes(requestId.toString())) : null;
        return Optional.of(read(session, requestId, fields, rank == null ? 0 : rank.intValue()));
    }

    /**
     * Returns the request if it was the last deletion of the session. Such a request has no record, because a deletion
     * removes all records of its session. Its data is in the session's tombstone.
     */
    private Optional<RequestRecord> completedDeletion(SessionKey session, RequestId requestId) {
        List<byte[]> deletion = redis.<String, byte[]>opsForHash()
                .multiGet(new MemoryKeys(session).tombstone(), List.of("deletion", "asked_at", "done_at"));
        if (!equalsText(requestId.toString(), deletion.get(0)) || deletion.get(1) == null || deletion.get(2) == null) {
            return Optional.empty();
        }
        Map<String, byte[]> fields = new HashMap<>();
        fields.put("type", bytes("delete_session"));
        fields.put("status", bytes("completed"));
        fields.put("attempt", bytes("1"));
        fields.put("created_at", deletion.get(1));
        fields.put("started_at", deletion.get(2));
        fields.put("finished_at", deletion.get(2));
        return Optional.of(read(session, requestId, fields, 0));
    }

    /**
     * Returns the session's open requests, oldest first. The records contain the agent and the state. They do not
     * contain the questions, because a session can have a hundred open requests of 32 KiB each. Damaged records are
     * omitted.
     */
    public List<RequestRecord> open(SessionKey session) {
        Set<byte[]> ids = redis.opsForZSet().range(new MemoryKeys(session).openRequestIds(), 0, -1);
        List<RequestRecord> open = new ArrayList<>();
        int position = 0;
        for (byte[] id : Objects.requireNonNullElse(ids, Set.<byte[]>of())) {
            RequestRecord request = readFields(session, requestId(id), RequestHash.SUMMARY_FIELDS, position++);
            if (request != null) {
                open.add(request);
            }
        }
        return open;
    }

    /**
     * Returns the state of a request; null if the record is missing or damaged, so that callers can still return the
     * session's other requests.
     */
    private @Nullable RequestRecord readFields(
            SessionKey session, RequestId requestId, List<String> names, int position) {
        List<byte[]> values =
                redis.<String, byte[]>opsForHash().multiGet(new MemoryKeys(session).request(requestId), names);
        Map<String, byte[]> fields = new HashMap<>();
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) != null) {
                fields.put(names.get(i), values.get(i));
            }
        }
        try {
            return fields.isEmpty() ? null : read(session, requestId, fields, position);
        } catch (DamagedRecordException damaged) {
            return null; // read() has logged it
        }
    }

    /**
     * Returns a page of the session's requests, newest first, without their answers. Damaged records are omitted. Empty
     * if the session has neither a context nor a request.
     *
     * @param statuses statuses to return
     * @param after position after which the page starts; null for the first page
     * @param limit maximum number of requests; a page may have fewer even if more follow
     */
    public Optional<RequestPage> page(
            SessionKey session, Set<RequestStatus> statuses, @Nullable RequestPosition after, int limit) {
        List<RequestRecord> found = new ArrayList<>();
        List<RequestId> open = openIds(session);
        RequestPosition position = after;
        for (int read = 0; read < MAX_READS; read++) {
            List<RequestPosition> entries = idsAfter(session, position);
            if (read == 0 && entries.isEmpty() && after == null && !sessionExists(session)) {
                return Optional.empty();
            }
            for (RequestPosition entry : entries) {
                RequestRecord request = readFields(
                        session, entry.last(), RequestHash.LISTED_FIELDS, Math.max(0, open.indexOf(entry.last())));
                position = entry;
                if (request != null && statuses.contains(request.status())) {
                    found.add(request);
                    if (found.size() == limit) {
                        return Optional.of(new RequestPage(found, position));
                    }
                }
            }
            if (entries.size() < READ_SIZE) {
                return Optional.of(new RequestPage(found, null));
            }
        }
        return Optional.of(new RequestPage(found, position));
    }

    private List<RequestId> openIds(SessionKey session) {
        Set<byte[]> ids = redis.opsForZSet().range(new MemoryKeys(session).openRequestIds(), 0, -1);
        return Objects.requireNonNullElse(ids, Set.<byte[]>of()).stream()
                .map(RequestRecords::requestId)
                .toList();
    }

    /** Returns up to {@value #READ_SIZE} ids with their creation times, newest first. */
    private List<RequestPosition> idsAfter(SessionKey session, @Nullable RequestPosition after) {
        double newest = after == null ? Double.POSITIVE_INFINITY : after.createdAt();
        Set<TypedTuple<byte[]>> found = redis.opsForZSet()
                .reverseRangeByScoreWithScores(
                        new MemoryKeys(session).requestIds(),
                        Double.NEGATIVE_INFINITY,
                        newest,
                        0,
                        READ_SIZE + (after == null ? 0 : TIES));
        return Objects.requireNonNullElse(found, Set.<TypedTuple<byte[]>>of()).stream()
                .map(tuple -> new RequestPosition(
                        Objects.requireNonNull(tuple.getScore()).longValue(),
                        requestId(Objects.requireNonNull(tuple.getValue()))))
                .filter(entry -> after == null || after.isBefore(entry.createdAt(), entry.last()))
                .limit(READ_SIZE)
                .toList();
    }

    private static RequestId requestId(byte[] id) {
        return RequestId.parse(new String(id, StandardCharsets.UTF_8));
    }

    /** Returns true if the session has a context or an open request. */
    public boolean sessionExists(SessionKey session) {
        MemoryKeys keys = new MemoryKeys(session);
        Long present = redis.countExistingKeys(List.of(keys.context(), keys.openRequestIds()));
        return present != null && present > 0;
    }

    /** Returns true if the request counts as open. This is possible even if it has no record. */
    public boolean isOpen(SessionKey session, RequestId requestId) {
        return redis.opsForZSet().score(new MemoryKeys(session).openRequestIds(), bytes(requestId.toString())) != null;
    }

    private RequestRecord read(SessionKey session, RequestId requestId, Map<String, byte[]> fields, int position) {
        try {
            return new RequestHash(wire, fields).read(session.sessionId(), requestId, position);
        } catch (CorruptValueException | UnreadableRecordException e) {
            LOG.atError()
                    .addKeyValue("user", session.namespace())
                    .addKeyValue("session", session.sessionId())
                    .addKeyValue("request_id", requestId)
                    .addKeyValue("why", e.getMessage())
                    .log("request record is damaged");
            throw new DamagedRecordException("The stored request record is damaged.", requestId, e);
        }
    }

    private static boolean equalsText(String text, byte @Nullable [] value) {
        return value != null && text.equals(new String(value, StandardCharsets.UTF_8));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
