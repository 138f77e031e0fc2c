package io.turnlane.store.request;

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
public interface CommandRecords {

    /**
     * Creates the command's record with status {@code queued}, if it does not exist, and counts the command as open in
     * its session.
     *
     * @param bytes bytes that the command occupies until it is done
     * @param extra number by which this command may exceed the maximum number of open turns and commands
     * @return if the record exists now, or the limit that the command would exceed; no record is then created
     */
    CreateResult create(SessionCommand command, long bytes, int extra);

    sealed interface CreateResult permits CommandCreated, TooManyOpen, TooLarge {}

    record CommandCreated() implements CreateResult {}

    /** The session has the maximum number of open turns and commands. */
    record TooManyOpen(int open) implements CreateResult {}

    /**
     * The open commands of the session would hold too many bytes.
     *
     * @param bytes number of bytes that the open commands hold
     */
    record TooLarge(long bytes, long maxBytes) implements CreateResult {}

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
