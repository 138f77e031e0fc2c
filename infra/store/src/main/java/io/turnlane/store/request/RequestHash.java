package io.turnlane.store.request;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnError;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.Usage;
import io.turnlane.model.WireFormat;
import io.turnlane.store.Checksummed;
import io.turnlane.store.CorruptValueException;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.StoredUsage;
import io.turnlane.store.request.RequestRecord.Execution;
import io.turnlane.store.request.RequestRecord.PastAttempt;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Converts the Redis hash of a request, which {@code docs/records.md} describes, to a {@link RequestRecord}. */
record RequestHash(WireFormat wire, Map<String, byte[]> fields) {

    /** Fields that describe the state of an open request, without the question and other large fields. */
    static final List<String> SUMMARY_FIELDS =
            List.of("type", "status", "agent", "attempt", "stage", "created_at", "started_at", "cancel_requested");

    /** Fields that are read for a request in a list. They exclude the answer, which can be large. */
    static final List<String> LISTED_FIELDS = List.of(
            "type",
            "status",
            "question",
            "agent",
            "route",
            "error",
            "attempt",
            "stage",
            "created_at",
            "begun_at",
            "started_at",
            "finished_at",
            "redrive_of",
            "cancel_requested",
            "reason",
            "by");

    private static final String PAST_ATTEMPT = "attempt.";

    /**
     * Returns the record. Fields that were not read from Redis are treated as absent.
     *
     * @param position number of turns ahead in the session; ignored unless the request is queued
     * @throws CorruptValueException if the checksum of the stored answer does not match
     * @throws UnreadableRecordException if a field has a value that this version does not know
     */
    RequestRecord read(SessionId session, RequestId requestId, int position)
            throws CorruptValueException, UnreadableRecordException {
        try {
            RequestStatus status = RequestStatus.of(required("status"));
            Answer answer = answer();
            return new RequestRecord(
                    requestId,
                    session,
                    text("type"),
                    status,
                    orEmpty("question"),
                    orEmpty("agent"),
                    text("route"),
                    answer,
                    error(),
                    count("attempt"),
                    status == RequestStatus.QUEUED ? position : 0,
                    text("stage"),
                    Instant.ofEpochMilli(Long.parseLong(required("created_at"))),
                    time("begun_at"),
                    time("started_at"),
                    time("finished_at"),
                    number("events_from"),
                    phases(),
                    id("redrive_of"),
                    text("webhook"),
                    place(),
                    usage(answer),
                    time("cancel_requested"),
                    cause(),
                    absorbs(),
                    pastAttempts());
        } catch (IllegalArgumentException e) {
            throw new UnreadableRecordException("the request record has a missing or invalid field");
        }
    }

    private @Nullable EndCause cause() {
        String reason = text("reason");
        return reason == null ? null : new EndCause(reason, id("by"));
    }

    private record MergedRequest(RequestId requestId) {}

    private List<RequestId> absorbs() throws UnreadableRecordException {
        byte[] json = fields.get("absorbs");
        return json == null || json.length == 0
                ? List.of()
                : Stream.of(wire.read(json, MergedRequest[].class))
                        .map(MergedRequest::requestId)
                        .toList();
    }

    private Execution place() {
        Long partition = number("partition");
        return new Execution(
                text("processor"),
                partition == null ? null : partition.intValue(),
                number("offset"),
                number("fence"),
                count("failures"),
                count("crashes"),
                time("left_at"),
                count("quarantined") > 0);
    }

    private Usage usage(@Nullable Answer answer) {
        String stored = text(MemoryKeys.USAGE);
        return stored == null && answer != null ? answer.usage() : StoredUsage.read(orEmpty(MemoryKeys.USAGE));
    }

    private @Nullable Answer answer() throws CorruptValueException, UnreadableRecordException {
        byte[] blob = fields.get("answer");
        return blob == null || blob.length == 0 ? null : wire.read(Checksummed.open(blob), Answer.class);
    }

    private @Nullable TurnError error() throws UnreadableRecordException {
        byte[] json = fields.get("error");
        return json == null || json.length == 0 ? null : wire.read(json, TurnError.class);
    }

    private Map<Phase, Instant> phases() throws UnreadableRecordException {
        byte[] json = fields.get("phases");
        return json == null || json.length == 0 ? Map.of() : phases(wire.readObject(json));
    }

    private static Map<Phase, Instant> phases(Map<String, ?> stored) {
        Map<Phase, Instant> phases = new EnumMap<>(Phase.class);
        stored.forEach((phase, at) -> {
            if (at instanceof Number ms) {
                phases.put(Phase.valueOf(phase), Instant.ofEpochMilli(ms.longValue()));
            }
        });
        return phases;
    }

    private record StoredAttempt(
            String outcome,
            Map<String, Long> phases,
            @Nullable String processor,
            @Nullable Long fence,
            @Nullable TurnError error) {}

    private List<PastAttempt> pastAttempts() throws UnreadableRecordException {
        TreeMap<Integer, PastAttempt> attempts = new TreeMap<>();
        for (Map.Entry<String, byte[]> field : fields.entrySet()) {
            if (field.getKey().startsWith(PAST_ATTEMPT)) {
                int number = Integer.parseInt(field.getKey().substring(PAST_ATTEMPT.length()));
                StoredAttempt stored = wire.read(field.getValue(), StoredAttempt.class);
                attempts.put(
                        number,
                        new PastAttempt(
                                number,
                                stored.outcome(),
                                stored.processor(),
                                stored.fence(),
                                stored.error(),
                                phases(stored.phases())));
            }
        }
        return List.copyOf(attempts.values());
    }

    private String required(String name) {
        String text = text(name);
        if (text == null) {
            throw new IllegalArgumentException("field " + name + " is missing");
        }
        return text;
    }

    private String orEmpty(String name) {
        String text = text(name);
        return text == null ? "" : text;
    }

    private @Nullable String text(String name) {
        byte[] value = fields.get(name);
        return value == null || value.length == 0 ? null : new String(value, StandardCharsets.UTF_8);
    }

    private @Nullable Long number(String name) {
        String text = text(name);
        return text == null ? null : Long.valueOf(text);
    }

    private @Nullable RequestId id(String name) {
        String text = text(name);
        return text == null ? null : RequestId.parse(text);
    }

    private int count(String name) {
        Long number = number(name);
        return number == null ? 0 : number.intValue();
    }

    private @Nullable Instant time(String name) {
        Long number = number(name);
        return number == null ? null : Instant.ofEpochMilli(number);
    }
}
