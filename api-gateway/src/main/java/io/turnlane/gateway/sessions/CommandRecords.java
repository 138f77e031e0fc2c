package io.turnlane.gateway.sessions;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionKey;
import java.time.Duration;

/**
 * What stands in memory of commands that change a session and ask nothing, before their lanes take them. Throws a data
 * access exception where memory is away.
 */
interface CommandRecords {

    /** Its record, {@code queued}, in this session; once. */
    void note(SessionCommand command, SessionKey session);

    /**
     * Keeps the place of the session that a fork is to make.
     *
     * @return false where there is such a session, or another fork makes it
     */
    boolean reserve(ForkSession fork, SessionKey target, String agent, Duration ttl);

    /** The log refused the command: nothing stays of it in this session. */
    void forget(RequestId command, SessionKey session);
}
