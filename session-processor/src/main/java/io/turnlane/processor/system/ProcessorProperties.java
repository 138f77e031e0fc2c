package io.turnlane.processor.system;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
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
 * Settings of a processor. Durations and sizes have a unit ({@code 200ms}, {@code 20s}, {@code 64MB}).
 *
 * @param id name of this processor in statistics and timelines; random if empty
 * @param agentWait maximum time that a turn waits if this processor does not have its agent, but another processor
 *     offers the agent; after this time, the turn fails
 * @param drainBudget maximum time for which running turns may continue after SIGTERM; after this time, they are
 *     released to other processors
 */
@Validated
@ConfigurationProperties("turnlane.processor")
public record ProcessorProperties(
        @Pattern(regexp = "[A-Za-z0-9._-]{0,64}") @DefaultValue("")
        String id,

        @DurationMin(millis = 0) @DurationMax(minutes = 50) @DefaultValue("10m")
        Duration agentWait,

        @DefaultValue("20s") Duration drainBudget,
        @Valid @DefaultValue IntakeProperties intake,
        @Valid @DefaultValue RetryProperties retry,
        @Valid @DefaultValue AnswerProperties answer,
        @Valid @DefaultValue MemoryProperties memory,
        @Valid @DefaultValue CacheProperties cache,
        @Valid @DefaultValue RetrievalProperties retrieval,
        @Valid @DefaultValue ConfiguredAgentProperties agents,
        @Valid @DefaultValue ToolProperties tools,
        @Valid @DefaultValue UsageProperties usage) {

    /**
     * Limits of tools that agents call.
     *
     * @param timeout maximum duration of a tool's call; after this time, the tool is interrupted
     * @param result maximum size of the text that a tool returns; the rest is cut off
     */
    public record ToolProperties(
            @DurationMin(millis = 1) @DefaultValue("10s") Duration timeout,
            @DefaultValue("8KB") DataSize result) {}

    /**
     * Limits and cost of the models that a turn uses. The limits apply to agents of the type {@code chat}.
     *
     * @param modelCalls maximum number of replies of models in one attempt of a turn
     * @param tokens maximum number of tokens in and out of all attempts of a turn
     * @param currency currency of the prices in the definitions of agents
     */
    public record UsageProperties(
            @Min(1) @Max(1000) @DefaultValue("10") int modelCalls,

            @Min(1) @Max(1_000_000_000) @DefaultValue("20000")
            long tokens,

            @Pattern(regexp = "[A-Z]{3}") @DefaultValue("USD")
            String currency) {}

    /**
     * Settings for agents that are configured and not part of the code.
     *
     * @param file YAML file with definitions of agents that only this processor offers; empty for none
     * @param secretVariables environment variables that definitions may refer to; an asterisk stands for any text
     * @param secretFolder folder with the files that definitions may refer to; empty for none
     */
    public record ConfiguredAgentProperties(
            @DefaultValue("") String file,
            @DefaultValue({"*_API_KEY", "*_TOKEN"}) List<String> secretVariables,
            @DefaultValue("") String secretFolder) {}

    /**
     * Settings for reading turns from the log.
     *
     * @param group consumer group that all processors of an installation share
     * @param running maximum number of turns that run at the same time
     * @param open maximum number of turns whose records are held in memory: buffered, running and waiting for a retry;
     *     at this number, the processor reads no further turns
     * @param places maximum number of turns of which the processor holds only the log position, because many turns are
     *     ahead of them in their lanes; at this number, the processor reads no further turns
     * @param openSize maximum total size of the records held in memory
     * @param pollTime maximum time that one poll waits for records
     * @param commitInterval time between two commits of offsets
     * @param revokeBudget maximum time that the revocation of a partition waits for turns whose agent has already ended
     * @param handover maximum time that a turn may continue if its partition moves to another processor while the agent
     *     works; the new owner waits for the turn; limited to the session timeout of the group; with 0s, the turn is
     *     stopped immediately
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
     * Settings for retries after the agent failed, or after the processor itself failed to process a question or
     * command.
     *
     * @param failures number of failures after which a question or command fails permanently; failures of the agent and
     *     failures of the processor are counted separately
     * @param first delay before the second attempt; doubles with each attempt; each delay is shortened at random by up
     *     to half
     * @param most maximum delay between two attempts
     */
    public record RetryProperties(
            @Min(1) @Max(100) @DefaultValue("3") int failures,
            @DefaultValue("1s") Duration first,
            @DefaultValue("30s") Duration most) {}

    /**
     * Limits of an answer.
     *
     * @param timeout time limit of an agent's call
     * @param timeouts time limits by agent name, for agents that need another limit than timeout
     * @param grace time that an agent may continue after it was interrupted; after this time, the session continues
     *     without the agent, whose output is discarded
     * @param text maximum size of an answer's text, in UTF-8
     * @param artifacts maximum total size of an answer's artifacts and of its sources, as JSON
     * @param delta maximum size of a piece of an answer in one event
     * @param gather time during which pieces of an answer are gathered into one event
     */
    public record AnswerProperties(
            @DefaultValue("300s") Duration timeout,
            @DefaultValue Map<String, Duration> timeouts,
            @DefaultValue("10s") Duration grace,
            @DefaultValue("256KB") DataSize text,
            @DefaultValue("512KB") DataSize artifacts,
            @DefaultValue("16KB") DataSize delta,
            @DefaultValue("15ms") Duration gather) {

        /** Returns the longest time limit of any agent. */
        Duration maxTimeout() {
            return timeouts.values().stream().reduce(timeout, (a, b) -> a.compareTo(b) > 0 ? a : b);
        }
    }

    /**
     * Settings for the memory of sessions.
     *
     * @param turns number of turns kept in a session's history
     * @param size maximum size of a session's history, as stored; the newest turn is always kept
     * @param results time for which the record of a request is kept
     * @param crashes number of processor crashes during a turn after which the turn fails permanently
     */
    public record MemoryProperties(
            @Min(1) @Max(1000) @DefaultValue("10") int turns,
            @DefaultValue("1MB") DataSize size,
            @DefaultValue("24h") Duration results,
            @Min(1) @Max(100) @DefaultValue("3") int crashes) {}

    /**
     * Settings of the local cache of sessions.
     *
     * @param sessions maximum number of sessions in the local cache
     * @param timeToLive time for which an entry of the local cache is valid; a number without a unit is in seconds
     */
    public record CacheProperties(
            @Min(0) @DefaultValue("10000") long sessions,

            @DurationUnit(ChronoUnit.SECONDS) @DefaultValue("5m")
            Duration timeToLive) {}

    /**
     * Settings of the agent {@code retrieval}.
     *
     * @param enabled true if this processor runs the agent retrieval
     * @param waiting maximum number of questions that wait to be embedded (converted to vectors); the turns of further
     *     questions are retried later
     * @param remembered maximum number of questions whose vectors are cached, 1.5 KiB each
     */
    public record RetrievalProperties(
            @DefaultValue("true") boolean enabled,
            @Min(1) @Max(100_000) @DefaultValue("1000") int waiting,
            @Min(0) @Max(1_000_000) @DefaultValue("2000") int remembered) {}

    /** Returns the configured id, or null if there is none. */
    public @Nullable String configuredId() {
        return id.isEmpty() ? null : id;
    }
}
