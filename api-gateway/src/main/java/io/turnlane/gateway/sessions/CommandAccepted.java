package io.turnlane.gateway.sessions;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;

/**
 * A command that the log has.
 *
 * @param sessionId that is changed, made or deleted
 * @param requestId of the command
 */
record CommandAccepted(SessionId sessionId, RequestId requestId) {}
