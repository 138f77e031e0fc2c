package io.turnlane.gateway.turns.socket;

import io.turnlane.gateway.turns.ask.QuestionIntake;
import io.turnlane.gateway.turns.cancel.Cancellations;
import io.turnlane.gateway.turns.deliver.EventStreams;
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
