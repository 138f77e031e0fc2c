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
 * JSON representation of a request's lifecycle.
 *
 * @param attempt number of the latest attempt; 0 if no attempt has begun
 * @param failures number of failed attempts
 * @param crashes number of flights (executions of the turn) that began and never ended, because the processor crashed
 * @param partition partition of the turns topic that holds the request's record
 * @param offset offset of the request's record in that partition
 * @param phases lifecycle phases that the request has entered, in order of time
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

    /**
     * Lifecycle phase that the request has entered.
     *
     * @param at time of entry
     * @param elapsed time from acceptance to entry, in seconds
     */
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
