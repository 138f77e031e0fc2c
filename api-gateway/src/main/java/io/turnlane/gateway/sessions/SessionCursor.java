package io.turnlane.gateway.sessions;

import io.turnlane.gateway.directory.SessionList.ListedSession;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.SessionId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/** How far down a reader of a user's sessions has come; opaque to clients. */
record SessionCursor(ListedSession last) {

    /** @throws ProblemDetailException where the text is no cursor of ours */
    static SessionCursor parse(String text) {
        try {
            String place = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
            int colon = place.indexOf(':');
            if (colon < 1 || colon > 15) {
                throw ProblemDetailException.invalid("cursor is not one of ours");
            }
            return new SessionCursor(new ListedSession(
                    new SessionId(place.substring(colon + 1)),
                    Instant.ofEpochMilli(Long.parseLong(place.substring(0, colon)))));
        } catch (IllegalArgumentException e) {
            throw ProblemDetailException.invalid("cursor is not one of ours");
        }
    }

    @Override
    public String toString() {
        String place = last.at().toEpochMilli() + ":" + last.sessionId();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(place.getBytes(StandardCharsets.US_ASCII));
    }
}
