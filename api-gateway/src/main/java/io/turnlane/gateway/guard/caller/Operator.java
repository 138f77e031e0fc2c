package io.turnlane.gateway.guard.caller;

import io.turnlane.model.Scope;

/**
 * Caller who is allowed to operate the installation. A controller method with a parameter of this type rejects all
 * other callers.
 */
public record Operator(Caller caller) {

    /** Returns true if the operator may see questions and answers of all users. */
    public boolean seesContent() {
        return caller.scopes().contains(Scope.CONTENT);
    }
}
