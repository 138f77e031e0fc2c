package io.turnlane.gateway.access;

import io.turnlane.gateway.caller.Caller;
import io.turnlane.model.Scope;
import io.turnlane.model.Sha256;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Tickets that open one WebSocket each, at any gateway, within 30 s. A ticket consists of 256 random bits. Redis stores
 * it under its SHA-256 hash and deletes it when it is redeemed.
 *
 * <p>Safe for use by any number of threads.
 */
public final class RedisTickets {

    /**
     * Lifetime of a ticket: long enough to open a connection, and short enough to limit the misuse of a stolen ticket.
     */
    public static final Duration LIFETIME = Duration.ofSeconds(30);

    private static final int BYTES = 32;
    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final StringRedisTemplate redis;
    private final WireFormat wire;
    private final SecureRandom random = new SecureRandom();

    public RedisTickets(StringRedisTemplate redis, WireFormat wire) {
        this.redis = redis;
        this.wire = wire;
    }

    /** Caller that a ticket authenticates, as stored in Redis. */
    private record TicketRecord(
            @Nullable String userId,
            Set<Scope> scopes,
            @Nullable String keyId,
            @Nullable Instant until) {}

    /** Returns a new ticket for this caller. Throws a data access exception if Redis is unavailable. */
    String issue(Caller caller) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        String ticket = BASE64.encodeToString(bytes);
        TicketRecord holder = new TicketRecord(caller.userId(), caller.scopes(), caller.keyId(), caller.expiresAt());
        redis.opsForValue().set(keyOf(ticket), new String(wire.writeValue(holder), StandardCharsets.UTF_8), LIFETIME);
        return ticket;
    }

    /**
     * Returns the caller that the ticket was issued to, and deletes the ticket. Returns empty if the ticket was used,
     * has expired or never existed.
     */
    Optional<Caller> redeem(String ticket) {
        String stored = SHAPE.matcher(ticket).matches() ? redis.opsForValue().getAndDelete(keyOf(ticket)) : null;
        return stored == null ? Optional.empty() : Optional.of(callerOf(stored));
    }

    private Caller callerOf(String stored) {
        try {
            TicketRecord read = wire.read(stored.getBytes(StandardCharsets.UTF_8), TicketRecord.class);
            return new Caller(read.userId(), read.scopes(), read.keyId(), read.until());
        } catch (UnreadableRecordException e) {
            throw new IllegalStateException("cannot read a ticket that a gateway stored", e);
        }
    }

    private static String keyOf(String ticket) {
        return MemoryKeys.ticket(BASE64.encodeToString(Sha256.of(ticket.getBytes(StandardCharsets.US_ASCII))));
    }
}
