package io.turnlane.gateway.quarantine;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A quarantined turn as operators see it.
 *
 * @param id names it: the request id, or the place on the turns topic of a record that names none
 * @param attempts how often it was run
 * @param question null where the record can't be read
 * @param redrivable whether it can be asked again
 * @param redrivenAs the request as which it was asked again, the last time
 * @param raw the record as it came, where it can't be read
 */
record QuarantineResource(
        String id,
        @Nullable RequestId requestId,
        @Nullable SessionId sessionId,
        TurnError error,
        int attempts,
        Instant quarantinedAt,
        QuarantinedTurn.RecordOrigin origin,
        @Nullable String userId,
        @Nullable String agent,
        @Nullable String question,
        @Nullable Instant askedAt,
        boolean redrivable,
        @Nullable RequestId redrivenAs,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Raw raw) {

    /**
     * Bytes of foreign origin.
     *
     * @param value base64; a long one is cut
     * @param bytes how long the value is in full
     */
    record Raw(
            @Nullable String key,
            Map<String, String> headers,
            @Nullable String value,
            int bytes) {

        static Raw of(QuarantineRecord quarantined) {
            QuarantinedTurn turn = quarantined.turn();
            Map<String, String> headers = new TreeMap<>();
            turn.headers().forEach(header -> headers.put(header.name(), text(header.value())));
            byte[] value = turn.value();
            return new Raw(
                    turn.key() == null ? null : text(turn.key()),
                    headers,
                    value == null ? null : Base64.getEncoder().encodeToString(value),
                    quarantined.valueBytes());
        }

        private static String text(byte @Nullable [] value) {
            return value == null ? "" : new String(value, StandardCharsets.UTF_8);
        }
    }

    static QuarantineResource of(QuarantineRecord quarantined, @Nullable RequestId redrivenAs) {
        QuarantinedTurn turn = quarantined.turn();
        Ask ask = quarantined.ask();
        return new QuarantineResource(
                turn.id(),
                turn.requestId().orElse(null),
                turn.session().map(SessionKey::sessionId).orElse(null),
                turn.error(),
                turn.attempts(),
                quarantined.quarantinedAt(),
                turn.origin(),
                ask == null ? null : ask.userId(),
                ask == null ? null : ask.agent(),
                ask == null ? null : ask.question(),
                ask == null ? null : ask.createdAt(),
                ask != null,
                redrivenAs,
                ask == null ? Raw.of(quarantined) : null);
    }
}
