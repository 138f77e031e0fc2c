package io.turnlane.store;

import io.turnlane.model.RequestId;
import org.jspecify.annotations.Nullable;

/** Thrown if a stored session or request record is damaged or cannot be read. The store has logged the damage. */
public final class DamagedRecordException extends RuntimeException {

    private final transient @Nullable RequestId requestId;

    /** @param requestId id of the damaged request record; null for a session */
    public DamagedRecordException(String message, @Nullable RequestId requestId, Exception cause) {
        super(message, cause);
        this.requestId = requestId;
    }

    public @Nullable RequestId requestId() {
        return requestId;
    }
}
