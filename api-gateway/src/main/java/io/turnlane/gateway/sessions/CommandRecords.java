package io.turnlane.gateway.sessions;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.util.Optional;

/**
 * What stands in memory of commands that change a session and ask nothing, before their lanes take them. Throws a data
 * access exception where memory is away.
 */
interface CommandRecords {

    /** Its record, {@code queued}, in this session; once. */
    void create(SessionCommand command, SessionKey session);

    /**
     * Keeps the place of the session that a fork is to make, and makes the fork's record there.
     *
     * @return the fork that has it: this one, or an earlier one of the same turn into the same session, which may never
     *     have come to the log; empty where there is such a session, or another fork makes it
     */
    Optional<ForkSession> reserve(ForkSession fork, SessionKey target, String agent, Duration ttl);

    /** The log refused the command: nothing stays of it in this session. */
    void remove(RequestId command, SessionKey session);
}
