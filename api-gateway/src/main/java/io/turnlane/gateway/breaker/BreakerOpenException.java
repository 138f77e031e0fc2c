package io.turnlane.gateway.breaker;

import org.springframework.dao.DataAccessResourceFailureException;

/**
 * Memory didn't answer lately, and wasn't asked this time. To callers it is away, as with any data access exception.
 */
public final class BreakerOpenException extends DataAccessResourceFailureException {

    private static final long serialVersionUID = 1L;

    BreakerOpenException() {
        super("not asked: it did not answer lately");
    }
}
