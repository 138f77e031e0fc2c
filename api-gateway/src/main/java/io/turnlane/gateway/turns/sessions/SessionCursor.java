package io.turnlane.gateway.turns.sessions;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.SessionId;
import io.turnlane.store.session.SessionList.ListedSession;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/**
 * Position of a client in the list of a user's sessions. Opaque to clients.
 *
 * @param last last session of the previous page
 */
record SessionCursor(ListedSession last) {

    static SessionCursor parse(String text) {
        try {
            String position = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
            int colon = position.indexOf(':');
            if (colon < 1 || colon > 15) {
                throw ProblemDetailException.invalid("cursor must be a value of next that this service returned");
            }
            return new SessionCursor(new ListedSession(
                    new SessionId(position.substring(colon + 1)),
                    Instant.ofEpochMilli(Long.parseLong(position.substring(0, colon)))));
        } catch (IllegalArgumentException e) {
            throw ProblemDetailException.invalid("cursor must be a value of next that this service returned");
        }
    }

    @Override
    public String toString() {
        String position = last.at().toEpochMilli() + ":" + last.sessionId();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(StandardCharsets.US_ASCII));
    }
}
