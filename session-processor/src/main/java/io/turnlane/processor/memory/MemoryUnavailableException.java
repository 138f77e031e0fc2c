package io.turnlane.processor.memory;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if the store fails or doesn't answer in time. The operation has possibly been applied. Repeating it is
 * harmless.
 */
public final class MemoryUnavailableException extends RuntimeException {

    public MemoryUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
