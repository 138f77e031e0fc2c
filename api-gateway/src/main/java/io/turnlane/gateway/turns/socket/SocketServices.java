package io.turnlane.gateway.turns.socket;

import io.turnlane.gateway.turns.ask.QuestionIntake;
import io.turnlane.gateway.turns.cancel.Cancellations;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.requests.LostRecords;

/**
 * Services shared by all sockets.
 *
 * @param maxSessions maximum number of sessions that one socket may follow
 */
record SocketServices(
        QuestionIntake intake,
        EventStreams streams,
        LostRecords lost,
        Cancellations cancellations,
        SocketGuard guard,
        ServerFrames frames,
        int maxSessions) {}
