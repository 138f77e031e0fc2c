package io.turnlane.gateway.socket;

import io.turnlane.gateway.caller.Callers;
import io.turnlane.gateway.limits.OpenConnections;
import io.turnlane.gateway.problem.Refusals;

/** Who may open a socket and how many, and what those are told who may not. */
public record SocketGuard(Callers callers, OpenConnections connections, Refusals refusals) {}
