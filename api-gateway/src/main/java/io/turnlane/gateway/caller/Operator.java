package io.turnlane.gateway.caller;

/** A caller that may run the installation: whoever takes one as a parameter lets in nobody else. */
public record Operator(Caller caller) {}
