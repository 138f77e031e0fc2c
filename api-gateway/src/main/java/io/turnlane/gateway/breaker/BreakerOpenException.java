package io.turnlane.gateway.breaker;

import org.springframework.dao.DataAccessResourceFailureException;

/**
 * Thrown if Redis did not answer recently, so that a command was not sent. Callers treat it like any other data access
 * exception.
 */
public final class BreakerOpenException extends DataAccessResourceFailureException {

    private static final long serialVersionUID = 1L;

    BreakerOpenException() {
        super("Redis did not answer recently; the command was not sent");
    }
}
