package io.turnlane.processor.memory;

import org.jspecify.annotations.Nullable;

/**
 * The store didn't answer, or not in time: whether it did what was asked is unknown. Asking the same again is harmless.
 */
public final class MemoryUnavailableException extends RuntimeException {

    public MemoryUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
