package io.turnlane.gateway.socket;

import io.turnlane.gateway.ask.QuestionIntake;
import io.turnlane.gateway.cancel.Cancellations;
import io.turnlane.gateway.deliver.EventStreams;
import io.turnlane.gateway.requests.RequestRecords;

/**
 * What every socket works with.
 *
 * @param maxSessions that one socket may follow
 */
record SocketServices(
        QuestionIntake intake,
        EventStreams streams,
        RequestRecords records,
        Cancellations cancellations,
        SocketGuard guard,
        ServerFrames frames,
        int maxSessions) {}
