package io.turnlane.store.request;

import io.turnlane.model.Answer;
import io.turnlane.model.EndCause;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnError;
import io.turnlane.model.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * State of a request as stored in Redis.
 *
 * @param type type of the command, such as {@code import_session}; null for a question
 * @param route route that chose the agent, or null
 * @param begunAt time at which the first attempt began. Later outages of Redis move it forward, because they do not
 *     count towards the turn's maximum duration
 * @param startedAt time at which the latest attempt began
 * @param eventsFrom offset in the session's events partition at which the request's stream starts; null if unknown
 * @param attempt number of the latest attempt; 0 before the first
 * @param position number of turns ahead in the session; 0 unless the request is queued
 * @param stage latest stage that the agent reported; null if it reported none
 * @param phases time at which the request entered each lifecycle phase so far
 * @param redriveOf quarantined request that this request asks again; null for an ordinary question
 * @param webhook result of the webhook: delivered, failed or refused; null if not known yet
 * @param execution processor and log position of the request; they are null if the request has not run yet
 * @param usage usage of all attempts that have ended
 * @param cancelRequestedAt time at which a client cancelled the request; null if none did
 * @param cause reason of the end if the request ended with neither an answer nor an error; otherwise null
 * @param absorbs requests that were merged into this request, oldest first
 * @param pastAttempts the newest attempts before the latest one, oldest first
 */
public record RequestRecord(
        RequestId requestId,
        SessionId sessionId,
        @Nullable String type,
        RequestStatus status,
        String question,
        String agent,
        @Nullable String route,
        @Nullable Answer answer,
        @Nullable TurnError error,
        int attempt,
        int position,
        @Nullable String stage,
        Instant createdAt,
        @Nullable Instant begunAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Long eventsFrom,
        Map<Phase, Instant> phases,
        @Nullable RequestId redriveOf,
        @Nullable String webhook,
        Execution execution,
        Usage usage,
        @Nullable Instant cancelRequestedAt,
        @Nullable EndCause cause,
        List<RequestId> absorbs,
        List<PastAttempt> pastAttempts) {

    public RequestRecord {
        absorbs = List.copyOf(absorbs);
        pastAttempts = List.copyOf(pastAttempts);
    }

    /**
     * Attempt that was followed by another attempt.
     *
     * @param outcome {@code failed}, {@code crashed} (its processor died) or {@code released} (its partition moved)
     * @param fence fence with which the attempt began; null if it is unknown
     * @param error error of a failed attempt; otherwise null
     */
    public record PastAttempt(
            int attempt,
            String outcome,
            @Nullable String processor,
            @Nullable Long fence,
            @Nullable TurnError error,
            Map<Phase, Instant> phases) {}

    /**
     * Processor that runs or ran the request, and position of the request's record in the turns topic.
     *
     * @param fence fence with which the latest flight (execution of the turn) began; null before the first one
     * @param crashes number of flights that began and never ended, because the processor crashed
     * @param leftAt time at which the handover of the latest flight began, because its partition moved; null if its
     *     partition did not move
     * @param quarantined true if the failed turn was copied to quarantine
     */
    public record Execution(
            @Nullable String processor,
            @Nullable Integer partition,
            @Nullable Long offset,
            @Nullable Long fence,
            int failures,
            int crashes,
            @Nullable Instant leftAt,
            boolean quarantined) {}

    public boolean ended() {
        return status.isTerminal();
    }

    /** Returns true if a client has cancelled the request. */
    public boolean cancelRequested() {
        return cancelRequestedAt != null;
    }

    /** Returns the time from acceptance to the end, or null if the request has not ended. */
    public @Nullable Duration processingTime() {
        return finishedAt == null ? null : elapsed(finishedAt);
    }

    /**
     * Returns the time from acceptance until the first attempt began, or until the end of a request that never began.
     * Null while the request waits.
     */
    public @Nullable Duration queuedTime() {
        Instant begun = begunAt == null ? startedAt : begunAt;
        if (begun == null || (finishedAt != null && begun.isAfter(finishedAt))) {
            return processingTime();
        }
        return elapsed(begun);
    }

    /**
     * Returns the time from the beginning of the first attempt to the end: {@link #processingTime} without
     * {@link #queuedTime}. Null if the request has not ended.
     */
    public @Nullable Duration runTime() {
        Duration whole = processingTime();
        Duration queued = queuedTime();
        return whole == null || queued == null ? null : whole.minus(queued);
    }

    /**
     * Returns the time from acceptance to the given time. Returns zero if the given time is before the acceptance,
     * which is possible if the clocks of two machines differ.
     */
    public Duration elapsed(Instant at) {
        return at.isBefore(createdAt) ? Duration.ZERO : Duration.between(createdAt, at);
    }
}
