package io.turnlane.gateway.turns.requests;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.RequestId;
import io.turnlane.store.request.RequestRecords.RequestPosition;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Text form of a position in the list of a session's requests. Opaque to clients. */
record RequestCursor(RequestPosition position) {

    static RequestCursor parse(String text) {
        try {
            String position = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
            int colon = position.indexOf(':');
            return new RequestCursor(new RequestPosition(
                    Long.parseLong(position.substring(0, colon)), RequestId.parse(position.substring(colon + 1))));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw ProblemDetailException.invalid("cursor must be a value of next that this service returned");
        }
    }

    @Override
    public String toString() {
        String text = position.createdAt() + ":" + position.last();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }
}
