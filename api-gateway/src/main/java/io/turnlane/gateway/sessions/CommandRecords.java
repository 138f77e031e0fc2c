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

    /**
     * Creates the command's record with status {@code queued}, if it does not exist, and counts the command as open in
     * its session.
     *
     * @param bytes bytes that the command occupies until it is done
     * @param extra number by which this command may exceed the maximum number of open turns and commands
     * @throws io.turnlane.gateway.problem.ProblemDetailException with code {@code session_queue_full} if the command
     *     would exceed the session's maximum number of open turns and commands, or its maximum number of bytes; no
     *     record is then created
     */
    void create(SessionCommand command, long bytes, int extra);

    /**
     * Reserves the id of the fork's new session, so that no other request creates this session. Also creates the fork's
     * record in that session.
     *
     * @param agent agent of the source session
     * @param ttl time for which the new session is kept without activity
     * @return the fork that holds the reservation: the given fork, or an earlier fork of the same turn into the same
     *     session, which may still need to be published. Empty if the session exists, or if a fork of another turn
     *     holds the reservation
     */
    Optional<ForkSession> reserve(ForkSession fork, SessionKey target, String agent, Duration ttl);

    /**
     * Stops counting a command as open in the given session. Unless the command was possibly published, also removes
     * its record and, if it is a fork, its reservation.
     *
     * @param unsure true if the command was possibly published
     */
    void remove(RequestId command, SessionKey session, boolean unsure);
}
