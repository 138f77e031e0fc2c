package io.turnlane.processor.system;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What an operator may set of a processor. Durations take a unit ({@code 200ms}, {@code 20s}); sizes too
 * ({@code 64MB}).
 *
 * @param id name of this processor in figures and timelines; random where it is empty
 * @param drainBudget how long running turns may go on after SIGTERM, before they are handed to others
 */
@Validated
@ConfigurationProperties("turnlane.processor")
public record ProcessorProperties(
        @Pattern(regexp = "[A-Za-z0-9._-]{0,64}") @DefaultValue("")
        String id,

        @DefaultValue("20s") Duration drainBudget,
        @Valid @DefaultValue IntakeProperties intake,
        @Valid @DefaultValue RetryProperties retry,
        @Valid @DefaultValue AnswerProperties answer,
        @Valid @DefaultValue MemoryProperties memory,
        @Valid @DefaultValue CacheProperties cache,
        @Valid @DefaultValue RetrievalProperties retrieval) {

    /**
     * How turns are taken from the log.
     *
     * @param group the consumer group that all processors of one installation share
     * @param running most lanes that run at once
     * @param open turns held at once: buffered, running and waiting for a retry; beyond it partitions pause
     * @param places turns held besides in deep lanes, of which only the place in the log is kept; beyond it partitions
     *     pause
     * @param openSize bytes of the records of the turns held at once
     * @param pollTime how long one poll of the log waits for records
     * @param commitInterval time between two commits of the frontiers
     * @param revokeBudget how long a leaving partition may wait for turns that are past their agent
     * @param handover how long a turn may go on whose partition moves while its agent works; the next owner waits for
     *     it, but never for longer than the group's session timeout; 0s stops it at once
     */
    public record IntakeProperties(
            @NotBlank @DefaultValue("turnlane-processors") String group,
            @Min(1) @Max(100_000) @DefaultValue("1000") int running,
            @Min(1) @Max(1_000_000) @DefaultValue("5000") int open,
            @DefaultValue("64MB") DataSize openSize,
            @Min(1) @Max(10_000_000) @DefaultValue("100000") int places,
            @DefaultValue("100ms") Duration pollTime,
            @DefaultValue("500ms") Duration commitInterval,
            @DefaultValue("200ms") Duration revokeBudget,

            @DurationMin(millis = 0) @DurationMax(seconds = 60) @DefaultValue("5s")
            Duration handover) {}

    /**
     * What happens when an agent fails.
     *
     * @param failures failures of the agent after which a turn has failed for good
     * @param first wait before the second try; it doubles from try to try, less up to half at random
     * @param most longest wait between two tries
     */
    public record RetryProperties(
            @Min(1) @Max(100) @DefaultValue("3") int failures,
            @DefaultValue("1s") Duration first,
            @DefaultValue("30s") Duration most) {}

    /**
     * Bounds of an answer.
     *
     * @param timeout time limit of an agent's call
     * @param timeouts time limits by agent, where they differ
     * @param grace how long an agent may go on after it was interrupted, before its session goes on without it
     * @param text largest text of an answer, in UTF-8
     * @param artifacts largest sum of an answer's artifacts, as JSON
     * @param delta largest piece of an answer in one event
     * @param gather how long pieces of an answer are gathered into one event
     */
    public record AnswerProperties(
            @DefaultValue("300s") Duration timeout,
            @DefaultValue Map<String, Duration> timeouts,
            @DefaultValue("10s") Duration grace,
            @DefaultValue("256KB") DataSize text,
            @DefaultValue("512KB") DataSize artifacts,
            @DefaultValue("16KB") DataSize delta,
            @DefaultValue("15ms") Duration gather) {

        /** The longest time limit of any agent. */
        Duration maxTimeout() {
            return timeouts.values().stream().reduce(timeout, (a, b) -> a.compareTo(b) > 0 ? a : b);
        }
    }

    /**
     * What a session remembers.
     *
     * @param turns how many of a session's last turns are kept
     * @param size largest history of a session, as stored; the newest turn is kept whatever its size
     * @param results how long a request's record lives
     * @param crashes how often a turn may end its processor before it is given up
     */
    public record MemoryProperties(
            @Min(1) @Max(1000) @DefaultValue("10") int turns,
            @DefaultValue("1MB") DataSize size,
            @DefaultValue("24h") Duration results,
            @Min(1) @Max(100) @DefaultValue("3") int crashes) {}

    /**
     * The local cache of sessions.
     *
     * @param sessions most sessions in the local cache
     * @param timeToLive how long an entry of the local cache lives; a number without a unit is seconds
     */
    public record CacheProperties(
            @Min(0) @DefaultValue("10000") long sessions,

            @DurationUnit(ChronoUnit.SECONDS) @DefaultValue("5m")
            Duration timeToLive) {}

    /**
     * The agent {@code retrieval}.
     *
     * @param enabled whether the agent retrieval runs in this processor
     * @param waiting most questions that may wait to be embedded; one too many is tried again later
     * @param remembered most questions whose vectors are kept, 1.5 KiB each
     */
    public record RetrievalProperties(
            @DefaultValue("true") boolean enabled,
            @Min(1) @Max(100_000) @DefaultValue("1000") int waiting,
            @Min(0) @Max(1_000_000) @DefaultValue("2000") int remembered) {}

    /** The id that was set, or nothing. */
    public @Nullable String configuredId() {
        return id.isEmpty() ? null : id;
    }
}
