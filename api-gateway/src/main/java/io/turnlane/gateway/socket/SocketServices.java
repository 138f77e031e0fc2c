package io.turnlane.gateway.socket;

import io.turnlane.gateway.ask.QuestionIntake;
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
        SocketGuard guard,
        ServerFrames frames,
        int maxSessions) {}
