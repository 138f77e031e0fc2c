package io.turnlane.gateway.turns.sessions;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionId;
import java.net.URI;
import org.springframework.http.ResponseEntity;

/**
 * Response for a published command.
 *
 * @param sessionId session that the command changes, creates or deletes
 * @param requestId request id of the command
 */
record CommandAccepted(SessionId sessionId, RequestId requestId) {

    /** Returns the response for a published command, with the location of its request. */
    static ResponseEntity<CommandAccepted> response(SessionCommand command, SessionId session) {
        return ResponseEntity.accepted()
                .location(URI.create("/v1/sessions/" + session + "/requests/" + command.requestId()))
                .header("X-Request-Id", command.requestId().toString())
                .body(new CommandAccepted(session, command.requestId()));
    }
}
