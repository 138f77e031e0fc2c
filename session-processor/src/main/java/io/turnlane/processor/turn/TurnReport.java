package io.turnlane.processor.turn;

import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Result of one flight of a turn, for logs and metrics.
 *
 * @param outcome {@code completed}, {@code failed}, {@code cancelled}, {@code superseded}, {@code rejected},
 *     {@code retrying}, {@code waiting} (for a processor with its agent), {@code released}, {@code republished},
 *     {@code fenced}, {@code erased}, {@code deleted}, {@code rebuilt}, {@code edited}, {@code refused},
 *     {@code unreadable} or {@code poison}
 * @param code code of the error; empty if there is none
 * @param attempt number of the attempt; 0 if there was none
 * @param phases times of the lifecycle phases that the turn has passed so far
 * @param usage usage of models in this flight, by provider
 */
public record TurnReport(
        SessionKey session,
        RequestId request,
        String agent,
        String outcome,
        String code,
        int attempt,
        Map<Phase, Instant> phases,
        Map<String, Usage> usage) {

    /**
     * Returns the time between two phases. Returns empty if the turn has not passed both. Returns zero if {@code to}
     * was before {@code from}, which happens if the times come from different clocks.
     */
    public Optional<Duration> between(Phase from, Phase to) {
        Instant start = phases.get(from);
        Instant end = phases.get(to);
        if (start == null || end == null) {
            return Optional.empty();
        }
        return Optional.of(end.isBefore(start) ? Duration.ZERO : Duration.between(start, end));
    }
}
