package io.turnlane.gateway.system;

import io.turnlane.gateway.ask.AcceptRules;
import io.turnlane.gateway.deliver.EventStreams;
import io.turnlane.gateway.deliver.Outbox;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/** What can be set about a gateway; every default is in this file. */
@Validated
@ConfigurationProperties("turnlane.gateway")
public record GatewayProperties(
        @Valid @DefaultValue QuestionSettings asks,
        @Valid @DefaultValue SessionSettings sessions,
        @Valid @DefaultValue RedisBreakerSettings memory,
        @Valid @DefaultValue StreamSettings streams,
        @Valid @DefaultValue CatchUpSettings catchUp,
        @Valid @DefaultValue WebSocketSettings sockets) {

    /** A stream costs some 70 KiB besides; what waits must leave them theirs. */
    private static final int SHARE_OF_HEAP = 8;

    /**
     * Bounds of one question.
     *
     * @param maxQuestion largest question, in UTF-8
     * @param maxMetadata largest metadata, as JSON
     * @param maxBody largest request body, before it is parsed; JSON may escape a character sixfold
     * @param maxOpen most turns of one session that may be open
     * @param idempotencyRetention how long an Idempotency-Key stands for its request; at most the result retention
     */
    public record QuestionSettings(
            @DefaultValue("32KB") DataSize maxQuestion,
            @DefaultValue("4KB") DataSize maxMetadata,
            @DefaultValue("256KB") DataSize maxBody,
            @DefaultValue("100") @Min(1) int maxOpen,
            @DefaultValue("24h") @DurationMin(seconds = 1) Duration idempotencyRetention) {}

    /**
     * How long things live.
     *
     * @param ttl how long a session lives without activity
     * @param anonymousTtl how long a session lives that nobody named
     * @param resultRetention how long a request's record lives
     * @param maxImport largest session that can be brought, as JSON; it has to fit a record of the log, 4 MiB
     */
    public record SessionSettings(
            @DefaultValue("1h") @DurationMin(seconds = 1) Duration ttl,
            @DefaultValue("15m") @DurationMin(seconds = 1) Duration anonymousTtl,
            @DefaultValue("24h") @DurationMin(minutes = 1) Duration resultRetention,
            @DefaultValue("3MB") DataSize maxImport) {}

    /**
     * When Redis doesn't answer.
     *
     * @param silences commands in a row without an answer, after which Redis isn't asked until it answers a probe
     * @param probeEvery pause between two probes
     */
    public record RedisBreakerSettings(
            @DefaultValue("3") @Min(1) int silences,
            @DefaultValue("500ms") @DurationMin(millis = 10) Duration probeEvery) {}

    /**
     * Clients that follow.
     *
     * @param max most streams, sockets and waits together
     * @param maxEvents most events that wait for one client
     * @param maxBytes most bytes of events that wait for one client
     * @param maxTotalBytes most bytes of events that wait for all clients together; where it isn't set an eighth of the
     *     heap
     * @param heartbeat how often a silent stream says that it is alive
     * @param retry when a client shall come back whose gateway stops
     * @param startPatience how long starting waits for the broker before it goes on without it
     */
    public record StreamSettings(
            @DefaultValue("10000") @Min(1) int max,
            @DefaultValue("1000") @Min(10) int maxEvents,
            @DefaultValue("256KB") DataSize maxBytes,
            @Nullable DataSize maxTotalBytes,
            @DefaultValue("15s") @DurationMin(millis = 10) Duration heartbeat,
            @DefaultValue("1s") Duration retry,
            @DefaultValue("10s") Duration startPatience) {

        long effectiveMaxTotalBytes() {
            return maxTotalBytes == null ? Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP : maxTotalBytes.toBytes();
        }
    }

    /**
     * Bringing clients up to date.
     *
     * @param readers threads that bring clients up to date, each with a consumer
     * @param maxRecords records that a client may be behind before it gets a gap
     * @param maxTime longest time for bringing one client up to date, before it gets a gap
     */
    public record CatchUpSettings(
            @DefaultValue("2") @Min(1) @Max(32) int readers,
            @DefaultValue("200000") @Min(1) long maxRecords,
            @DefaultValue("5s") @DurationMin(millis = 1) Duration maxTime) {}

    /**
     * WebSockets.
     *
     * @param maxFrame largest frame; a larger one closes the connection with 1009
     * @param maxSessions most sessions that one connection may follow
     * @param sendTimeout how long a client may take nothing before it is dropped
     * @param ping how often a silent client is asked whether it is there
     * @param idle how long a client may say nothing, not even pong, before it is dropped
     */
    public record WebSocketSettings(
            @DefaultValue("64KB") DataSize maxFrame,
            @DefaultValue("64") @Min(1) int maxSessions,

            @DefaultValue("4s") @DurationMin(millis = 100) @DurationMax(seconds = 60)
            Duration sendTimeout,

            @DefaultValue("20s") @DurationMin(millis = 100) Duration ping,
            @DefaultValue("60s") @DurationMin(millis = 100) Duration idle) {}

    AcceptRules acceptRules() {
        return new AcceptRules(asks.maxOpen(), sessions.resultRetention(), asks.idempotencyRetention());
    }

    EventStreams.StreamLimits streamLimits() {
        Outbox.Bounds outbox = new Outbox.Bounds(
                streams.maxEvents(), Math.toIntExact(streams.maxBytes().toBytes()));
        return new EventStreams.StreamLimits(
                streams.max(),
                outbox,
                streams.effectiveMaxTotalBytes(),
                catchUp.readers(),
                catchUp.maxRecords(),
                catchUp.maxTime());
    }
}
