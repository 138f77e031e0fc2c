package io.turnlane.store.access;

import io.turnlane.model.Scope;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Tickets in Redis, each under the hash of its text. Methods throw a data access exception if Redis is unavailable.
 * Safe for use by any number of threads.
 */
public record TicketRecords(StringRedisTemplate redis, WireFormat wire) {

    /** Caller that a ticket authenticates. */
    public record TicketHolder(
            @Nullable String userId,
            Set<Scope> scopes,
            @Nullable String keyId,
            @Nullable Instant until,
            Map<String, String> claims) {

        public TicketHolder {
            claims = Map.copyOf(Objects.requireNonNullElse(claims, Map.of())); // not stored by older versions
        }
    }

    /** Stores a ticket for its lifetime. */
    public void put(String hash, TicketHolder holder, Duration lifetime) {
        redis.opsForValue()
                .set(MemoryKeys.ticket(hash), new String(wire.writeValue(holder), StandardCharsets.UTF_8), lifetime);
    }

    /** Returns the holder of a ticket and deletes the ticket; empty if there is no such ticket. */
    public Optional<TicketHolder> take(String hash) {
        String stored = redis.opsForValue().getAndDelete(MemoryKeys.ticket(hash));
        try {
            return stored == null
                    ? Optional.empty()
                    : Optional.of(wire.read(stored.getBytes(StandardCharsets.UTF_8), TicketHolder.class));
        } catch (UnreadableRecordException e) {
            throw new IllegalStateException("cannot read a ticket that a gateway stored", e);
        }
    }
}
