package io.turnlane.gateway.access;

import org.springframework.security.core.AuthenticationException;

/** Whether the credentials are good can't be found out at the moment: neither let in nor told that they are bad. */
final class UnverifiableCredentialsException extends AuthenticationException {

    private static final long serialVersionUID = 1L;

    UnverifiableCredentialsException(String message) {
        super(message);
    }

    UnverifiableCredentialsException(String message, Throwable cause) {
        super(message, cause);
    }
}
