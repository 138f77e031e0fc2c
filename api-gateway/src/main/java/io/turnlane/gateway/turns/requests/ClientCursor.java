package io.turnlane.gateway.turns.requests;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.deliver.Cursor;
import org.jspecify.annotations.Nullable;

/** Parser for cursors that clients send. */
public final class ClientCursor {

    private ClientCursor() {}

    /**
     * Parses a cursor.
     *
     * @param text value that the client sent; null if it sent none
     * @return the cursor, or null if the client sent none
     * @throws ProblemDetailException if the value is not a cursor of this service
     */
    public static @Nullable Cursor read(@Nullable String text) {
        try {
            return text == null ? null : Cursor.parse(text);
        } catch (IllegalArgumentException e) {
            throw ProblemDetailException.invalid("the cursor is not valid; send one that this service returned");
        }
    }
}
