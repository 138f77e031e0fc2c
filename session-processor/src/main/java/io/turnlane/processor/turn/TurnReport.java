package io.turnlane.processor.turn;

import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * How one run of a turn went, for logs and figures.
 *
 * @param outcome {@code completed}, {@code failed}, {@code cancelled}, {@code superseded}, {@code rejected},
 *     {@code retrying}, {@code released}, {@code told_again}, {@code fenced}, {@code erased}, {@code deleted},
 *     {@code edited}, {@code refused} or {@code unreadable}
 * @param code of the error, else empty
 */
public record TurnReport(
        SessionKey session,
        RequestId request,
        String agent,
        String outcome,
        String code,
        int attempt,
        Map<Phase, Instant> phases) {

    /** The time between two phases, where both were passed. */
    public Optional<Duration> between(Phase from, Phase to) {
        Instant start = phases.get(from);
        Instant end = phases.get(to);
        return start == null || end == null ? Optional.empty() : Optional.of(Duration.between(start, end));
    }
}
