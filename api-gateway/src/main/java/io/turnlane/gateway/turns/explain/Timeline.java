package io.turnlane.gateway.turns.explain;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnError;
import io.turnlane.store.request.RequestRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * JSON representation of a request's lifecycle.
 *
 * @param agent agent that answers; null for a command
 * @param route route that chose the agent; absent if the client or its session named the agent
 * @param attempt number of the latest attempt; 0 if no attempt has begun
 * @param failures number of failed attempts
 * @param crashes number of flights (executions of the turn) that began and never ended, because the processor crashed
 * @param partition partition of the turns topic that holds the request's record
 * @param offset offset of the request's record in that partition
 * @param phases lifecycle phases that the request has entered in its latest attempt, in the order of a turn
 * @param attempts the latest attempt and up to 20 attempts before it, oldest first
 * @param acceptedAt absent, as all following fields, unless the caller asked for steps
 * @param endedAt absent if the request has not ended
 * @param waiting absent if the request runs or has ended
 * @param steps steps in the order of a turn
 * @param complete false if the log could not be read completely, so that steps can be missing
 */
record Timeline(
        RequestId requestId,
        SessionId sessionId,
        RequestStatus status,
        @Nullable String agent,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String route,

        int attempt,
        int failures,
        int crashes,
        @Nullable String processor,
        @Nullable Integer partition,
        @Nullable Long offset,
        List<PassedPhase> phases,
        List<TimelineAttempt> attempts,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant acceptedAt,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant endedAt,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable WaitingReason waiting,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<TimelineStep> steps,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean complete) {

    /**
     * Lifecycle phase that the request has entered.
     *
     * @param at time of entry
     * @param elapsed time from acceptance to entry, in seconds
     */
    record PassedPhase(Phase phase, Instant at, Duration elapsed) {}

    /**
     * Attempt of the request: one numbered run of the agent.
     *
     * @param outcome {@code failed}, {@code crashed} or {@code released} if another attempt followed; otherwise the
     *     request's status
     * @param error error of a failed attempt
     * @param phases lifecycle phases of the attempt, in the order of a turn
     */
    record TimelineAttempt(
            int attempt,
            String outcome,
            @Nullable String processor,
            @Nullable TurnError error,
            List<PassedPhase> phases) {

        /** Returns the attempt without the message of its error, which can contain texts of the agent. */
        private TimelineAttempt withoutText() {
            return error == null
                    ? this
                    : new TimelineAttempt(attempt, outcome, processor, new TurnError(error.code(), ""), phases);
        }
    }

    /** Returns the timeline without steps. */
    static Timeline of(RequestRecord request) {
        return of(request, attempts(request, true), null, null, null);
    }

    /**
     * Returns the timeline with steps.
     *
     * @param waiting reason for which the request waits; null if it does not wait
     * @param showsText true to include texts of clients and agents
     */
    static Timeline of(TurnFacts facts, @Nullable WaitingReason waiting, boolean showsText) {
        RequestRecord request = facts.request();
        return of(
                request,
                attempts(request, showsText),
                waiting,
                TimelineSteps.of(facts, showsText),
                facts.log().complete());
    }

    private static Timeline of(
            RequestRecord request,
            List<TimelineAttempt> attempts,
            @Nullable WaitingReason waiting,
            @Nullable List<TimelineStep> steps,
            @Nullable Boolean complete) {
        RequestRecord.Execution place = request.execution();
        return new Timeline(
                request.requestId(),
                request.sessionId(),
                request.status(),
                request.type() == null ? request.agent() : null,
                request.route(),
                request.attempt(),
                place.failures(),
                place.crashes(),
                place.processor(),
                place.partition(),
                place.offset(),
                passed(request, request.phases()),
                attempts,
                steps == null ? null : request.createdAt(),
                steps == null ? null : request.finishedAt(),
                waiting,
                steps,
                complete);
    }

    private static List<TimelineAttempt> attempts(RequestRecord request, boolean showsText) {
        List<TimelineAttempt> attempts = new ArrayList<>();
        for (RequestRecord.PastAttempt past : request.pastAttempts()) {
            attempts.add(new TimelineAttempt(
                    past.attempt(), past.outcome(), past.processor(), past.error(), passed(request, past.phases())));
        }
        if (request.attempt() > 0) {
            attempts.add(new TimelineAttempt(
                    request.attempt(),
                    request.status().wire(),
                    request.execution().processor(),
                    request.status() == RequestStatus.RUNNING ? null : request.error(),
                    passed(request, request.phases())));
        }
        return showsText
                ? attempts
                : attempts.stream().map(TimelineAttempt::withoutText).toList();
    }

    /**
     * Returns the phases in the order in which a turn passes them. The gateway and the processor mark them with clocks
     * that can differ by milliseconds. A phase is therefore shown no later than the phase after it.
     */
    private static List<PassedPhase> passed(RequestRecord request, Map<Phase, Instant> phases) {
        List<PassedPhase> passed = new ArrayList<>();
        Instant next = Instant.MAX;
        for (Map.Entry<Phase, Instant> phase :
                new TreeMap<>(phases).descendingMap().entrySet()) {
            Instant at = phase.getValue();
            next = at.isAfter(next) ? next : at;
            passed.addFirst(new PassedPhase(phase.getKey(), next, request.elapsed(next)));
        }
        return passed;
    }
}
