package io.turnlane.gateway.requests;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.RequestId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Position of a client in the list of a session's requests. Opaque to clients.
 *
 * @param createdAt creation time of the last request of the previous page, in epoch milliseconds
 * @param last id of that request
 */
record RequestCursor(long createdAt, RequestId last) {

    static RequestCursor parse(String text) {
        try {
            String position = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
            int colon = position.indexOf(':');
            return new RequestCursor(
                    Long.parseLong(position.substring(0, colon)), RequestId.parse(position.substring(colon + 1)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw ProblemDetailException.invalid("cursor must be a value of next that this service returned");
        }
    }

    /**
     * Returns true if a request comes after this position in the list, newest first. Requests of the same time are in
     * reverse order of their ids.
     */
    boolean isBefore(long createdAt, RequestId request) {
        return createdAt < this.createdAt
                || (createdAt == this.createdAt && request.toString().compareTo(last.toString()) < 0);
    }

    @Override
    public String toString() {
        String position = createdAt + ":" + last;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(StandardCharsets.US_ASCII));
    }
}
