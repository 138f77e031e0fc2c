package io.turnlane.gateway.guard.caller;

/**
 * Caller who is allowed to operate the installation. A controller method with a parameter of this type rejects all
 * other callers.
 */
public record Operator(Caller caller) {}
