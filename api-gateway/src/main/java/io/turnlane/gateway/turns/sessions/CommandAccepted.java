package io.turnlane.gateway.turns.sessions;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;

/**
 * Response for a published command.
 *
 * @param sessionId session that the command changes, creates or deletes
 * @param requestId request id of the command
 */
record CommandAccepted(SessionId sessionId, RequestId requestId) {}
