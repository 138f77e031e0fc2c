package io.turnlane.gateway.sessions;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.util.Optional;

/**
 * Request records of commands that change a session, written before the commands are published. Every method throws a
 * data access exception if Redis is unavailable.
 */
interface CommandRecords {

    /** Creates the command's record in {@code session} with status {@code queued}, if it does not exist. */
    void create(SessionCommand command, SessionKey session);

    /**
     * Reserves the id of the session that a fork creates, so that no other request creates it. Also creates the fork's
     * record in that session.
     *
     * @param agent agent of the source session
     * @param ttl time for which the new session is kept without activity
     * @return the fork that holds the reservation. This is either the given fork, or an earlier fork of the same turn
     *     into the same session, which may still need to be published. Empty if the session exists already, or if a
     *     different fork creates it
     */
    Optional<ForkSession> reserve(ForkSession fork, SessionKey target, String agent, Duration ttl);

    /**
     * Removes the record of a command that Kafka rejected from the session. If the command is a fork, also removes its
     * reservation.
     */
    void remove(RequestId command, SessionKey session);
}
