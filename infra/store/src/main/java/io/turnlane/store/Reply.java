package io.turnlane.store;

import io.turnlane.model.RequestId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reply of a script. The first part is normally a status word, and the other parts are values whose meaning depends on
 * the status word.
 */
public record Reply(List<?> parts) {

    public String word() {
        return text(0);
    }

    public int size() {
        return parts.size();
    }

    /**
     * Returns a value as text. Scripts return numbers from Redis as text, and numbers that they computed as numbers.
     */
    public String text(int index) {
        Object part = part(index);
        return part instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : part.toString();
    }

    public byte[] bytes(int index) {
        return (byte[]) part(index);
    }

    public int number(int index) {
        return Math.toIntExact(wholeNumber(index));
    }

    public long wholeNumber(int index) {
        return part(index) instanceof Long number ? number : Long.parseLong(text(index));
    }

    public RequestId requestId(int index) {
        return RequestId.parse(text(index));
    }

    /** Returns a time span that the script returned in milliseconds. */
    public Duration millis(int index) {
        return Duration.ofMillis(wholeNumber(index));
    }

    /** Returns a time span in milliseconds; null if the script returned a negative number. */
    public @Nullable Duration millisOrNull(int index) {
        return wholeNumber(index) < 0 ? null : millis(index);
    }

    /** Returns a reply that consists of the parts from {@code index} on. */
    public Reply tail(int index) {
        return new Reply(parts.subList(index, parts.size()));
    }

    public List<Reply> replies(int index) {
        return ((List<?>) part(index))
                .stream().map(part -> new Reply((List<?>) part)).toList();
    }

    public List<byte[]> blobs(int index) {
        return ((List<?>) part(index)).stream().map(byte[].class::cast).toList();
    }

    /** Returns the exception for a status word that the caller does not know. */
    public IllegalStateException unexpected() {
        return new IllegalStateException("unexpected script reply: " + word());
    }

    private Object part(int index) {
        return Objects.requireNonNull(parts.get(index));
    }
}
