package io.turnlane.gateway.turns.explain;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.TurnError;
import io.turnlane.store.request.RequestRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Attempt of a request, from its record and its events.
 *
 * @param outcome {@code running}, {@code failed}, {@code crashed}, {@code released} or the terminal status
 * @param code code of the error of a failed attempt; null if the attempt did not fail
 * @param events events of this attempt
 */
record AttemptFacts(
        int number,
        String outcome,
        @Nullable String processor,
        @Nullable Long fence,
        @Nullable String code,
        Map<Phase, Instant> phases,
        List<TurnLogEvent> events) {

    static final String FAILED = "failed";
    static final String CRASHED = "crashed";
    static final String RELEASED = "released";

    /** Returns the attempts that the record still has, oldest first. */
    static List<AttemptFacts> of(TurnFacts facts) {
        RequestRecord request = facts.request();
        List<AttemptFacts> attempts = new ArrayList<>();
        for (RequestRecord.PastAttempt past : request.pastAttempts()) {
            attempts.add(new AttemptFacts(
                    past.attempt(),
                    past.outcome(),
                    past.processor(),
                    past.fence(),
                    codeOf(past.error()),
                    past.phases(),
                    eventsOf(facts, past.attempt())));
        }
        if (request.attempt() > 0) {
            attempts.add(latest(request, eventsOf(facts, request.attempt())));
        }
        return attempts;
    }

    private static AttemptFacts latest(RequestRecord request, List<TurnLogEvent> events) {
        Optional<TurnLogEvent> retry = first(events, "retrying");
        return new AttemptFacts(
                request.attempt(),
                retry.isPresent() ? FAILED : outcome(request),
                request.execution().processor(),
                request.execution().fence(),
                retry.map(TurnLogEvent::errorCode).orElse(codeOf(request.error())),
                request.phases(),
                events);
    }

    private static String outcome(RequestRecord request) {
        return switch (request.status()) {
            case QUEUED -> RELEASED;
            case RETRYING -> FAILED;
            case FAILED ->
                request.execution().crashes() > 0 && ErrorCode.POISON.wire().equals(codeOf(request.error()))
                        ? CRASHED
                        : FAILED;
            case RUNNING, COMPLETED, CANCELLED, SUPERSEDED, REJECTED ->
                request.status().wire();
        };
    }

    private static List<TurnLogEvent> eventsOf(TurnFacts facts, int number) {
        return facts.log().events().stream().filter(event -> event.isOf(number)).toList();
    }

    private static @Nullable String codeOf(@Nullable TurnError error) {
        return error == null ? null : error.code();
    }

    private static Optional<TurnLogEvent> first(List<TurnLogEvent> events, String type) {
        return events.stream().filter(event -> event.type().equals(type)).findFirst();
    }

    Optional<TurnLogEvent> first(String type) {
        return first(events, type);
    }

    /** Returns the time at which the turn reached the head of its lane; null if it is unknown. */
    @Nullable
    Instant assignedAt() {
        return earliest(Phase.DEQUEUED, Phase.SESSION_ALLOCATED, Phase.PROVIDER_CALL_START);
    }

    /** Returns the time at which the attempt began; null if it is unknown. */
    @Nullable
    Instant begunAt() {
        Instant begun = earliest(Phase.SESSION_ALLOCATED, Phase.PROVIDER_CALL_START, Phase.DEQUEUED);
        return begun != null ? begun : first("started").map(TurnLogEvent::at).orElse(null);
    }

    /** Returns the time at which the attempt ended; null if it runs, or if its processor could not report the end. */
    @Nullable
    Instant endedAt() {
        return outcome.equals(CRASHED) || outcome.equals(RELEASED)
                ? null
                : earliest(Phase.PROVIDER_CALL_END, Phase.TIMEOUT, Phase.ERROR, Phase.COMPLETED);
    }

    /** Returns true if another attempt followed or follows because this one failed. */
    boolean isRetried(int latest, RequestStatus status) {
        return outcome.equals(FAILED)
                && (number < latest
                        || status == RequestStatus.RETRYING
                        || first("retrying").isPresent());
    }

    private @Nullable Instant earliest(Phase... inOrder) {
        return Stream.of(inOrder)
                .filter(phases::containsKey)
                .map(phases::get)
                .findFirst()
                .orElse(null);
    }
}
