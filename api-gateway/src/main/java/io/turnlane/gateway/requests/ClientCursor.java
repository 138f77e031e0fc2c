package io.turnlane.gateway.requests;

import io.turnlane.gateway.deliver.Cursor;
import io.turnlane.gateway.problem.ProblemDetailException;
import org.jspecify.annotations.Nullable;

/** A cursor as a client brings it. */
public final class ClientCursor {

    private ClientCursor() {}

    /**
     * Null where it brings none.
     *
     * @throws ProblemDetailException where it isn't one of this service
     */
    public static @Nullable Cursor read(@Nullable String text) {
        try {
            return text == null ? null : Cursor.parse(text);
        } catch (IllegalArgumentException e) {
            throw ProblemDetailException.invalid("the cursor is none of this service");
        }
    }
}
