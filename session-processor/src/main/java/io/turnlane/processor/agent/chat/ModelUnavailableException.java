package io.turnlane.processor.agent.chat;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if a model service gave no complete reply, and a later call may succeed. The message quotes nothing that the
 * service sent, except a short error code.
 */
final class ModelUnavailableException extends Exception {

    private final Unavailability unavailability;
    private final @Nullable Duration retryAfter;

    /** Kind of a failure. */
    enum Unavailability {
        /** The service rejected the call because of its load. */
        BUSY(true, false),
        /** The service or the network failed. */
        FAULT(true, true),
        /** A time limit of the call has passed. Repeating the call would multiply the time. */
        TIMEOUT(false, true),
        /** The limits of the service, or its open circuit breaker, allowed no call in time. */
        NOT_CALLED(false, false);

        private final boolean isRepeatable;
        private final boolean isFailure;

        Unavailability(boolean isRepeatable, boolean isFailure) {
            this.isRepeatable = isRepeatable;
            this.isFailure = isFailure;
        }

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param message end of a sentence whose subject is the service */
    ModelUnavailableException(Unavailability unavailability, String message) {
        this(unavailability, message, Optional.empty());
    }

    /** @param message end of a sentence whose subject is the service */
    ModelUnavailableException(Unavailability unavailability, String message, Optional<Duration> retryAfter) {
        super(message);
        this.unavailability = unavailability;
        this.retryAfter = retryAfter.orElse(null);
    }

    Unavailability unavailability() {
        return unavailability;
    }

    /** Returns true if the same service can be called again after a delay. */
    boolean isRepeatable() {
        return unavailability.isRepeatable;
    }

    /** Returns true if the service does not work. */
    boolean isFailure() {
        return unavailability.isFailure;
    }

    /** Returns the delay that the service asked for. */
    Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
