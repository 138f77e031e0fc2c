package io.turnlane.gateway.system;

import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.deliver.Outbox;
import io.turnlane.store.accept.AcceptRules;
import io.turnlane.store.limit.UsageBudget;
import io.turnlane.store.request.RedisCommandRecords.CommandRules;
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

/** Configuration of a gateway, with the default of every property. */
@Validated
@ConfigurationProperties("turnlane.gateway")
public record GatewayProperties(
        @Valid @DefaultValue CallSettings calls,
        @Valid @DefaultValue QuestionSettings asks,
        @Valid @DefaultValue BatchSettings batches,
        @Valid @DefaultValue SessionSettings sessions,
        @Valid @DefaultValue RedisBreakerSettings memory,
        @Valid @DefaultValue StreamSettings streams,
        @Valid @DefaultValue CatchUpSettings catchUp,
        @Valid @DefaultValue WebSocketSettings sockets) {

    /**
     * Divisor of the heap. By default, an eighth of the heap can hold events that wait to be sent. The rest is needed
     * for other data, such as about 70 KiB for each open stream.
     */
    private static final int HEAP_DIVISOR = 8;

    /**
     * Limits of HTTP calls.
     *
     * @param receiveTimeout time within which the head and the body of a request must arrive, at least 100 ms; the
     *     connection is closed at most 1 s after this time
     */
    public record CallSettings(
            @DefaultValue("60s") @DurationMin(millis = 100) Duration receiveTimeout) {}

    /**
     * Limits of questions.
     *
     * @param maxQuestion largest question, as UTF-8
     * @param maxMetadata largest metadata, as JSON
     * @param maxBody largest request body before parsing; JSON escapes can make a character six times as long
     * @param maxOpen maximum number of open turns and commands of one session
     * @param idempotencyRetention time for which an Idempotency-Key refers to its request; at most the result retention
     */
    public record QuestionSettings(
            @DefaultValue("32KB") DataSize maxQuestion,
            @DefaultValue("4KB") DataSize maxMetadata,
            @DefaultValue("256KB") DataSize maxBody,
            @DefaultValue("100") @Min(1) int maxOpen,
            @DefaultValue("24h") @DurationMin(seconds = 1) Duration idempotencyRetention) {}

    /**
     * Limits of batches. The limits of questions apply to each question of a batch.
     *
     * @param maxQuestions maximum number of questions in one batch
     * @param maxBody largest body of a batch before parsing
     */
    public record BatchSettings(
            @DefaultValue("1000") @Min(1) @Max(10_000) int maxQuestions,
            @DefaultValue("4MB") DataSize maxBody) {}

    /**
     * Lifetimes of sessions and request records, and the size limit of imports.
     *
     * @param ttl time for which a session is kept without activity
     * @param anonymousTtl time for which an anonymous session (created by a question without a session id) is kept
     *     without activity
     * @param resultRetention lifetime of a request record
     * @param maxImport largest session that can be imported, as JSON; it must fit into one Kafka record of 4 MiB
     * @param maxOpenBytes maximum number of bytes of the open commands of one session, such as imports and forks
     */
    public record SessionSettings(
            @DefaultValue("1h") @DurationMin(seconds = 1) Duration ttl,
            @DefaultValue("15m") @DurationMin(seconds = 1) Duration anonymousTtl,
            @DefaultValue("24h") @DurationMin(minutes = 1) Duration resultRetention,
            @DefaultValue("3MB") DataSize maxImport,
            @DefaultValue("8MB") DataSize maxOpenBytes) {}

    /**
     * Circuit breaker for Redis.
     *
     * @param silences number of consecutive commands without a reply that open the breaker; the gateway then sends no
     *     commands until Redis answers a probe
     * @param probeEvery delay between two probes of a Redis that has stopped answering
     */
    public record RedisBreakerSettings(
            @DefaultValue("3") @Min(1) int silences,
            @DefaultValue("500ms") @DurationMin(millis = 10) Duration probeEvery) {}

    /**
     * Limits and timing of streams.
     *
     * @param max maximum total number of streams, sockets and waits
     * @param maxEvents maximum number of events in the outbox of one client
     * @param maxBytes maximum number of bytes in the outbox of one client
     * @param maxTotalBytes maximum number of bytes in the outboxes of all clients together; an eighth of the heap if
     *     not set
     * @param heartbeat interval of heartbeats on a stream without events
     * @param maxAge maximum age of a stream or socket; the gateway then ends it, and the client can resume after its
     *     last cursor
     * @param retry delay after which clients reconnect if the gateway stops or a stream has reached its maximum age
     * @param startPatience maximum time that the start waits for the broker; after this time, the gateway starts
     *     without the broker
     */
    public record StreamSettings(
            @DefaultValue("10000") @Min(1) int max,
            @DefaultValue("1000") @Min(10) int maxEvents,
            @DefaultValue("256KB") DataSize maxBytes,
            @Nullable DataSize maxTotalBytes,
            @DefaultValue("15s") @DurationMin(millis = 10) Duration heartbeat,
            @DefaultValue("1h") @DurationMin(millis = 100) Duration maxAge,
            @DefaultValue("1s") Duration retry,
            @DefaultValue("10s") Duration startPatience) {

        long effectiveMaxTotalBytes() {
            return maxTotalBytes == null ? Runtime.getRuntime().maxMemory() / HEAP_DIVISOR : maxTotalBytes.toBytes();
        }
    }

    /**
     * Catch-up of clients that resume.
     *
     * @param readers number of threads that read earlier events from the log, each with its own consumer
     * @param maxRecords maximum number of records that one catch-up reads; a client further behind gets a gap
     * @param maxTime maximum duration of one catch-up; a client whose catch-up takes longer gets a gap
     */
    public record CatchUpSettings(
            @DefaultValue("2") @Min(1) @Max(32) int readers,
            @DefaultValue("200000") @Min(1) long maxRecords,
            @DefaultValue("5s") @DurationMin(millis = 1) Duration maxTime) {}

    /**
     * Limits and timing of WebSockets.
     *
     * @param maxFrame maximum size of a frame; a larger frame closes the connection with status 1009
     * @param maxSessions maximum number of sessions that one connection may follow
     * @param sendTimeout time after which a client that reads nothing is disconnected
     * @param ping interval of pings to each client
     * @param idle time after which a client that sends nothing, not even a pong, is disconnected
     */
    public record WebSocketSettings(
            @DefaultValue("64KB") DataSize maxFrame,
            @DefaultValue("64") @Min(1) int maxSessions,

            @DefaultValue("4s") @DurationMin(millis = 100) @DurationMax(seconds = 60)
            Duration sendTimeout,

            @DefaultValue("20s") @DurationMin(millis = 100) Duration ping,
            @DefaultValue("60s") @DurationMin(millis = 100) Duration idle) {}

    /** @param sessionBudget maximum usage of a session */
    public AcceptRules acceptRules(UsageBudget sessionBudget) {
        return new AcceptRules(asks.maxOpen(), sessions.resultRetention(), asks.idempotencyRetention(), sessionBudget);
    }

    public CommandRules commandRules() {
        return new CommandRules(asks.maxOpen(), sessions.maxOpenBytes().toBytes(), sessions.resultRetention());
    }

    public EventStreams.StreamLimits streamLimits() {
        Outbox.Bounds outbox = new Outbox.Bounds(
                streams.maxEvents(), Math.toIntExact(streams.maxBytes().toBytes()));
        return new EventStreams.StreamLimits(
                streams.max(),
                outbox,
                streams.maxAge(),
                streams.effectiveMaxTotalBytes(),
                catchUp.readers(),
                catchUp.maxRecords(),
                catchUp.maxTime());
    }
}
