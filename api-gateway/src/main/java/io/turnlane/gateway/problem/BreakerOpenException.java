package io.turnlane.gateway.problem;

import org.springframework.dao.DataAccessResourceFailureException;

/**
 * Thrown if the breaker does not send a command because Redis did not answer recent commands. Callers treat it like any
 * other data access exception.
 */
public final class BreakerOpenException extends DataAccessResourceFailureException {

    public BreakerOpenException() {
        super("Redis did not answer recently; the command was not sent");
    }
}
