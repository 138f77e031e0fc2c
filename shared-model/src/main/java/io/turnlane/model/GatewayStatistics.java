package io.turnlane.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Statistics that a gateway writes to Redis each second.
 *
 * @param at time at which the statistics were collected
 * @param clients number of open streams, sockets and waiting calls
 * @param acceptedPerSecond number of questions accepted each second, over the last 10 s
 * @param deliveredPerSecond number of turn events written to clients each second, over the last 10 s
 * @param refusals questions and calls rejected in the last minute, by reason
 * @param drops clients disconnected early in the last minute, by reason
 * @param waitingBytes bytes that wait to be written to all clients
 * @param maxWaitingBytes limit of {@code waitingBytes}
 * @param expectedWait time that a new turn is expected to wait for a slot
 * @param kafkaAvailable true if the gateway reads the events topic
 */
public record GatewayStatistics(
        String gateway,
        Instant at,
        int clients,
        int streams,
        int sockets,
        double acceptedPerSecond,
        double deliveredPerSecond,
        Map<String, Long> refusals,
        Map<String, Long> drops,
        long waitingBytes,
        long maxWaitingBytes,
        Duration expectedWait,
        boolean kafkaAvailable) {

    public GatewayStatistics {
        refusals = Map.copyOf(refusals);
        drops = Map.copyOf(drops);
    }
}
