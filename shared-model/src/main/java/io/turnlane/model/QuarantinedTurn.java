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
 * A record of the turns topic as it came, why it was put aside, and where it stood. On the quarantine topic its key is
 * its {@link #id}, so that twins stand in one partition; the key that it came with travels as a header.
 *
 * @param key as it came; null where it had none
 * @param value as it came; null where it had none, or where the log didn't hold it any more
 * @param headers as they came
 * @param attempts how often the turn was run
 */
@SuppressWarnings("ArrayRecordComponent") // bytes to pass on, never compared
public record QuarantinedTurn(
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<Header> headers,
        TurnError error,
        int attempts,
        RecordOrigin origin) {

    private static final Set<String> OURS = Set.of(
            RecordHeaders.ERROR_CODE,
            RecordHeaders.ERROR_MESSAGE,
            RecordHeaders.ATTEMPT,
            RecordHeaders.ORIGIN_KEY,
            RecordHeaders.ORIGIN_TOPIC,
            RecordHeaders.ORIGIN_PARTITION,
            RecordHeaders.ORIGIN_OFFSET);

    /** One header, as it came. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Header(String name, byte @Nullable [] value) {

        public Header(String name, byte @Nullable [] value) {
            this.name = name;
            this.value = value;
        }

        static Header of(String name, String value) {
            return new Header(name, value.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Where the record stood. */
    public record RecordOrigin(String topic, int partition, long offset) {}

    /**
     * Written out, because the compiler leaves the nullness of a compact constructor's arrays out of the class file.
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

    /** The turn's request id; of a record that names none, its place on the turns topic: {@code 3-1207}. */
    public String id() {
        return requestId().map(RequestId::toString).orElse(origin.partition() + "-" + origin.offset());
    }

    /** Which turn it was, where its headers say so. */
    public Optional<RequestId> requestId() {
        String text = header(RecordHeaders.REQUEST_ID);
        try {
            return text == null ? Optional.empty() : Optional.of(RequestId.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whose turn it was, where its key says so. */
    public Optional<SessionKey> session() {
        try {
            return key == null
                    ? Optional.empty()
                    : Optional.of(SessionKey.parse(new String(key, StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A header's text; null where there is none. */
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

    /** The headers of the record on the quarantine topic: those that came, and what is known besides. */
    public List<Header> recordHeaders() {
        List<Header> all = new ArrayList<>(headers);
        all.removeIf(header -> OURS.contains(header.name()));
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
     * @param all its headers
     * @throws UnreadableRecordException where what must be known besides is missing
     */
    public static QuarantinedTurn read(byte @Nullable [] value, List<Header> all) throws UnreadableRecordException {
        Map<String, byte @Nullable []> ours = new LinkedHashMap<>();
        all.stream().filter(header -> OURS.contains(header.name())).forEach(h -> ours.put(h.name(), h.value()));
        List<Header> came =
                all.stream().filter(header -> !OURS.contains(header.name())).toList();
        try {
            return new QuarantinedTurn(
                    ours.get(RecordHeaders.ORIGIN_KEY),
                    value,
                    came,
                    new TurnError(
                            required(ours, RecordHeaders.ERROR_CODE), required(ours, RecordHeaders.ERROR_MESSAGE)),
                    Integer.parseInt(required(ours, RecordHeaders.ATTEMPT)),
                    new RecordOrigin(
                            required(ours, RecordHeaders.ORIGIN_TOPIC),
                            Integer.parseInt(required(ours, RecordHeaders.ORIGIN_PARTITION)),
                            Long.parseLong(required(ours, RecordHeaders.ORIGIN_OFFSET))));
        } catch (NumberFormatException e) {
            throw new UnreadableRecordException("not a readable record of the quarantine topic");
        }
    }

    private static String required(Map<String, byte @Nullable []> headers, String name)
            throws UnreadableRecordException {
        byte[] value = headers.get(name);
        if (value == null) {
            throw new UnreadableRecordException("no " + name + " header");
        }
        return text(value);
    }
}
