package io.turnlane.gateway.socket;

import io.turnlane.gateway.caller.Callers;
import io.turnlane.gateway.limits.OpenConnections;
import io.turnlane.gateway.limits.RateLimits;
import io.turnlane.gateway.problem.ProblemMapper;

/** Who may open a socket, how many, and how often it may be used; and what those are told who may not. */
public record SocketGuard(Callers callers, OpenConnections connections, RateLimits rates, ProblemMapper refusals) {}
