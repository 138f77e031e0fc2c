package io.turnlane.gateway.socket;

import io.turnlane.gateway.ask.QuestionIntake;
import io.turnlane.gateway.cancel.Cancellations;
import io.turnlane.gateway.deliver.EventStreams;
import io.turnlane.store.request.RequestRecords;

/**
 * Services shared by all sockets.
 *
 * @param maxSessions maximum number of sessions that one socket may follow
 */
record SocketServices(
        QuestionIntake intake,
        EventStreams streams,
        RequestRecords records,
        Cancellations cancellations,
        SocketGuard guard,
        ServerFrames frames,
        int maxSessions) {}
