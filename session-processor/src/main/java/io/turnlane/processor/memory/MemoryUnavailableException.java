package io.turnlane.processor.memory;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if the store fails or doesn't answer in time. The operation may have been applied; repeating it is harmless.
 */
public final class MemoryUnavailableException extends RuntimeException {

    public MemoryUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
