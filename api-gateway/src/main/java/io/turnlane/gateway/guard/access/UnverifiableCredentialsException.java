package io.turnlane.gateway.guard.access;

import org.springframework.security.core.AuthenticationException;

/**
 * Thrown if credentials cannot be checked at the moment. The caller receives the error {@code unavailable} and can
 * retry with the same credentials.
 */
final class UnverifiableCredentialsException extends AuthenticationException {

    UnverifiableCredentialsException(String message) {
        super(message);
    }

    UnverifiableCredentialsException(String message, Throwable cause) {
        super(message, cause);
    }
}
