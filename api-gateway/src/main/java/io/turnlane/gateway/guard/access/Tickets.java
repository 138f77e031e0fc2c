package io.turnlane.gateway.guard.access;

import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.model.json.Sha256;
import io.turnlane.store.access.TicketRecords;
import io.turnlane.store.access.TicketRecords.TicketHolder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tickets that open one WebSocket each, at any gateway, within 30 s. A ticket consists of 256 random bits. Redis stores
 * it under its SHA-256 hash and deletes it when it is redeemed.
 *
 * <p>Safe for use by any number of threads.
 */
public final class Tickets {

    /**
     * Lifetime of a ticket: long enough to open a connection, and short enough to limit the misuse of a stolen ticket.
     */
    public static final Duration LIFETIME = Duration.ofSeconds(30);

    private static final int BYTES = 32;
    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final TicketRecords records;
    private final SecureRandom random = new SecureRandom();

    public Tickets(TicketRecords records) {
        this.records = records;
    }

    /** Returns a new ticket for this caller. Throws a data access exception if Redis is unavailable. */
    String issue(Caller caller) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        String ticket = BASE64.encodeToString(bytes);
        records.put(
                hash(ticket),
                new TicketHolder(caller.userId(), caller.scopes(), caller.keyId(), caller.expiresAt(), caller.claims()),
                LIFETIME);
        return ticket;
    }

    /**
     * Returns the caller that the ticket was issued to, and deletes the ticket. Returns empty if the ticket was used,
     * has expired or never existed.
     */
    Optional<Caller> redeem(String ticket) {
        return SHAPE.matcher(ticket).matches()
                ? records.take(hash(ticket))
                        .map(holder -> new Caller(
                                holder.userId(), holder.scopes(), holder.keyId(), holder.until(), holder.claims()))
                : Optional.empty();
    }

    private static String hash(String ticket) {
        return BASE64.encodeToString(Sha256.of(ticket.getBytes(StandardCharsets.US_ASCII)));
    }
}
