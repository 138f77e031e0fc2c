package io.turnlane.model.agent;

import java.time.Duration;
import java.util.Map;

/**
 * Time limits of one call over HTTP.
 *
 * @param connect until the connection is open
 * @param first from the request until the first content of the answer
 * @param idle between two parts of a stream
 * @param total whole call
 */
public record CallTimeouts(Duration connect, Duration first, Duration idle, Duration total) {

    public static final CallTimeouts DEFAULT = new CallTimeouts(
            Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(300));

    private static final Duration MAX = Duration.ofHours(1);

    static CallTimeouts read(DefinitionFields fields) throws InvalidFieldException {
        CallTimeouts timeouts = new CallTimeouts(
                fields.seconds("connect", DEFAULT.connect, MAX),
                fields.seconds("first", DEFAULT.first, MAX),
                fields.seconds("idle", DEFAULT.idle, MAX),
                fields.seconds("total", DEFAULT.total, MAX));
        fields.checkAllRead();
        return timeouts;
    }

    Map<String, Object> fields() {
        return Map.of(
                "connect", connect.toMillis() / 1e3,
                "first", first.toMillis() / 1e3,
                "idle", idle.toMillis() / 1e3,
                "total", total.toMillis() / 1e3);
    }
}
