package io.turnlane.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Record of the turns topic that was moved to quarantine, with the error and its position on the turns topic. The
 * record on the quarantine topic has the {@link #id} as its key, so that all copies of a record go to the same
 * partition. The original key is in a header.
 *
 * @param key original key, or null if the record had none
 * @param value original value, or null if the record had none or the log no longer contained it
 * @param headers original headers
 * @param attempts number of failed attempts to run the turn or to process its record
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are passed on and never compared
public record QuarantinedTurn(
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<Header> headers,
        TurnError error,
        int attempts,
        RecordOrigin origin) {

    private static final Set<String> ADDED = Set.of(
            RecordHeaders.ERROR_CODE,
            RecordHeaders.ERROR_MESSAGE,
            RecordHeaders.ATTEMPT,
            RecordHeaders.ORIGIN_KEY,
            RecordHeaders.ORIGIN_TOPIC,
            RecordHeaders.ORIGIN_PARTITION,
            RecordHeaders.ORIGIN_OFFSET);

    @SuppressWarnings("ArrayRecordComponent")
    public record Header(String name, byte @Nullable [] value) {

        public Header(String name, byte @Nullable [] value) {
            this.name = name;
            this.value = value;
        }

        /** Returns a header with this text. */
        public static Header of(String name, String value) {
            return new Header(name, value.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Log position of the original record. */
    public record RecordOrigin(String topic, int partition, long offset) {}

    /**
     * Creates a quarantined turn. If this constructor were compact, the class file would lack the nullness annotations
     * of its array parameters.
     */
    public QuarantinedTurn(
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers,
            TurnError error,
            int attempts,
            RecordOrigin origin) {
        this.key = key;
        this.value = value;
        this.headers = List.copyOf(headers);
        this.error = error;
        this.attempts = attempts;
        this.origin = origin;
    }

    /**
     * Returns the request id. If the record has none, returns the original record's partition and offset, such as
     * {@code 3-1207}.
     */
    public String id() {
        return requestId().map(RequestId::toString).orElse(origin.partition() + "-" + origin.offset());
    }

    /** Returns the request id from the headers, or empty if no header contains a valid request id. */
    public Optional<RequestId> requestId() {
        String text = header(RecordHeaders.REQUEST_ID);
        try {
            return text == null ? Optional.empty() : Optional.of(RequestId.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Returns the original key as a session key, or empty if it is not a session key. */
    public Optional<SessionKey> session() {
        try {
            return key == null
                    ? Optional.empty()
                    : Optional.of(SessionKey.parse(new String(key, StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Returns the text of the last header with this name, or null if there is none. */
    public @Nullable String header(String name) {
        return headers.stream()
                .filter(header -> header.name().equals(name) && header.value() != null)
                .reduce((earlier, later) -> later)
                .map(header -> text(header.value()))
                .orElse(null);
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    /**
     * Returns the headers of the record on the quarantine topic. These are the original headers, followed by headers
     * that describe the error and the log position of the original record.
     */
    public List<Header> recordHeaders() {
        List<Header> all = new ArrayList<>(headers);
        all.removeIf(header -> ADDED.contains(header.name()));
        all.add(Header.of(RecordHeaders.ERROR_CODE, error.code()));
        all.add(Header.of(RecordHeaders.ERROR_MESSAGE, error.message()));
        all.add(Header.of(RecordHeaders.ATTEMPT, Integer.toString(attempts)));
        if (key != null) {
            all.add(new Header(RecordHeaders.ORIGIN_KEY, key));
        }
        all.add(Header.of(RecordHeaders.ORIGIN_TOPIC, origin.topic()));
        all.add(Header.of(RecordHeaders.ORIGIN_PARTITION, Integer.toString(origin.partition())));
        all.add(Header.of(RecordHeaders.ORIGIN_OFFSET, Long.toString(origin.offset())));
        return all;
    }

    /**
     * Reads a record of the quarantine topic.
     *
     * @param value value of the record
     * @param all headers of the record
     * @throws UnreadableRecordException if a header that describes the error or the original log position is missing or
     *     invalid
     */
    public static QuarantinedTurn read(byte @Nullable [] value, List<Header> all) throws UnreadableRecordException {
        Map<String, byte @Nullable []> added = new LinkedHashMap<>();
        all.stream().filter(header -> ADDED.contains(header.name())).forEach(h -> added.put(h.name(), h.value()));
        List<Header> original =
                all.stream().filter(header -> !ADDED.contains(header.name())).toList();
        try {
            return new QuarantinedTurn(
                    added.get(RecordHeaders.ORIGIN_KEY),
                    value,
                    original,
                    new TurnError(
                            required(added, RecordHeaders.ERROR_CODE), required(added, RecordHeaders.ERROR_MESSAGE)),
                    Integer.parseInt(required(added, RecordHeaders.ATTEMPT)),
                    new RecordOrigin(
                            required(added, RecordHeaders.ORIGIN_TOPIC),
                            Integer.parseInt(required(added, RecordHeaders.ORIGIN_PARTITION)),
                            Long.parseLong(required(added, RecordHeaders.ORIGIN_OFFSET))));
        } catch (NumberFormatException e) {
            throw new UnreadableRecordException("not a readable quarantine record");
        }
    }

    private static String required(Map<String, byte @Nullable []> headers, String name)
            throws UnreadableRecordException {
        byte[] value = headers.get(name);
        if (value == null) {
            throw new UnreadableRecordException("the record has no " + name + " header");
        }
        return text(value);
    }
}
