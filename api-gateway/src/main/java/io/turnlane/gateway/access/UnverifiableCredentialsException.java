package io.turnlane.gateway.access;

import org.springframework.security.core.AuthenticationException;

/**
 * Thrown if credentials cannot be checked at the moment. The caller is neither authenticated nor rejected as
 * unauthorised.
 */
final class UnverifiableCredentialsException extends AuthenticationException {

    private static final long serialVersionUID = 1L;

    UnverifiableCredentialsException(String message) {
        super(message);
    }

    UnverifiableCredentialsException(String message, Throwable cause) {
        super(message, cause);
    }
}
