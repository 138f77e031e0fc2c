package io.turnlane.gateway.requests;

import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a request's time went.
 *
 * @param attempt the newest
 * @param failures how often the agent failed
 * @param crashes how often a run began and never ended
 * @param partition of the turns topic, with {@code offset} the record that asked
 * @param phases those that were passed, in order
 */
record Timeline(
        RequestId requestId,
        SessionId sessionId,
        RequestStatus status,
        int attempt,
        int failures,
        int crashes,
        @Nullable String processor,
        @Nullable Integer partition,
        @Nullable Long offset,
        List<PassedPhase> phases) {

    /** A phase, when it was entered, and how long after acceptance. */
    record PassedPhase(Phase phase, Instant at, Duration elapsed) {}

    static Timeline of(RequestRecord request) {
        RequestRecord.Execution place = request.execution();
        return new Timeline(
                request.requestId(),
                request.sessionId(),
                request.status(),
                request.attempt(),
                place.failures(),
                place.crashes(),
                place.processor(),
                place.partition(),
                place.offset(),
                passed(request));
    }

    private static List<PassedPhase> passed(RequestRecord request) {
        return request.phases().entrySet().stream()
                .sorted(Map.Entry.<Phase, Instant>comparingByValue()
                        .thenComparing(Comparator.comparing(Map.Entry::getKey)))
                .map(e ->
                        new PassedPhase(e.getKey(), e.getValue(), Duration.between(request.createdAt(), e.getValue())))
                .toList();
    }
}
