package io.turnlane.store;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if the store fails or doesn't answer in time. The store has possibly applied the operation nevertheless. The
 * caller can repeat it without harm.
 */
public final class MemoryUnavailableException extends RuntimeException {

    public MemoryUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
