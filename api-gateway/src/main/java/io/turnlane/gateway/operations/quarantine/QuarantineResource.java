package io.turnlane.gateway.operations.quarantine;

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
 * Quarantined turn as returned to operators.
 *
 * @param id request id; if the original record has no request id, its partition and offset on the turns topic
 * @param attempts number of times that the agent was run
 * @param question null if the record cannot be read, or if the caller may not see questions
 * @param redrivable true if the turn can be asked again
 * @param redrivenAs latest request that asked the question again; null if none
 * @param raw original record; null if the record can be read
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
     * Record that could not be read.
     *
     * @param value value in base64; truncated if long; null if there is none or the caller may not see it
     * @param bytes full length of the value in bytes
     */
    record Raw(
            @Nullable String key,
            Map<String, String> headers,
            @Nullable String value,
            int bytes) {

        static Raw of(QuarantineRecord quarantined, boolean content) {
            QuarantinedTurn turn = quarantined.turn();
            Map<String, String> headers = new TreeMap<>();
            turn.headers().forEach(header -> headers.put(header.name(), text(header.value())));
            byte[] value = turn.value();
            return new Raw(
                    turn.key() == null ? null : text(turn.key()),
                    headers,
                    value == null || !content ? null : Base64.getEncoder().encodeToString(value),
                    quarantined.valueBytes());
        }

        private static String text(byte @Nullable [] value) {
            return value == null ? "" : new String(value, StandardCharsets.UTF_8);
        }
    }

    /** @param content true to include the question, or the value of a record that cannot be read */
    static QuarantineResource of(QuarantineRecord quarantined, @Nullable RequestId redrivenAs, boolean content) {
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
                ask == null || !content ? null : ask.question(),
                ask == null ? null : ask.createdAt(),
                ask != null,
                redrivenAs,
                ask == null ? Raw.of(quarantined, content) : null);
    }
}
