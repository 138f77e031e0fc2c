package io.turnlane.model.agent;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rule that takes a target out of its route if its turns fail too often or take too long.
 *
 * @param errorRate highest share of failed turns, from 0 to 1, or null for no limit
 * @param p95 longest run time of 95 % of the answered turns, or null for no limit
 * @param window time over which turns count
 * @param minTurns number of turns within the window from which the rule applies
 * @param to target that gets the share of a target that is taken out, and that is never taken out itself; null if the
 *     other targets get the share
 */
public record WayBack(
        @Nullable Double errorRate,
        @Nullable Duration p95,
        Duration window,
        int minTurns,
        @Nullable String to) {

    private static final Duration DEFAULT_WINDOW = Duration.ofSeconds(60);
    private static final int DEFAULT_TURNS = 20;
    private static final Duration MAX = Duration.ofHours(1);

    static WayBack read(DefinitionFields fields) throws InvalidFieldException {
        boolean limitsErrors = fields.has("error_rate");
        boolean limitsTime = fields.has("p95");
        if (!limitsErrors && !limitsTime) {
            throw fields.invalid("error_rate", "is required, unless p95 is given");
        }
        double errorRate = fields.number("error_rate", 0, 0, 1);
        Duration p95 = fields.seconds("p95", Duration.ZERO, MAX);
        WayBack wayBack = new WayBack(
                limitsErrors ? errorRate : null,
                limitsTime ? p95 : null,
                fields.seconds("window", DEFAULT_WINDOW, MAX),
                fields.integer("min_turns", DEFAULT_TURNS, 1, 100_000),
                fields.textOrNull("to"));
        if (wayBack.window.toSeconds() < 1) {
            throw fields.invalid("window", "must be a number from 1 to " + MAX.toSeconds());
        }
        fields.checkAllRead();
        return wayBack;
    }

    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (errorRate != null) {
            fields.put("error_rate", errorRate);
        }
        if (p95 != null) {
            fields.put("p95", p95.toMillis() / 1e3);
        }
        fields.put("window", window.toMillis() / 1e3);
        fields.put("min_turns", minTurns);
        if (to != null) {
            fields.put("to", to);
        }
        return fields;
    }
}
