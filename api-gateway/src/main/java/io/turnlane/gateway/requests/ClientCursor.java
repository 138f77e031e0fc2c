package io.turnlane.gateway.requests;

import io.turnlane.gateway.deliver.Cursor;
import io.turnlane.gateway.problem.Refusal;
import org.jspecify.annotations.Nullable;

/** A cursor as a client brings it. */
public final class ClientCursor {

    private ClientCursor() {}

    /**
     * Null where it brings none.
     *
     * @throws Refusal where it isn't one of this service
     */
    public static @Nullable Cursor read(@Nullable String text) {
        try {
            return text == null ? null : Cursor.parse(text);
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid("the cursor is none of this service");
        }
    }
}
