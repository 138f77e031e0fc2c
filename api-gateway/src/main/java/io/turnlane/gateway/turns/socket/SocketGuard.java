package io.turnlane.gateway.turns.socket;

import io.turnlane.gateway.guard.caller.Callers;
import io.turnlane.gateway.guard.limits.OpenConnections;
import io.turnlane.gateway.guard.limits.RateLimits;
import io.turnlane.gateway.problem.ProblemMapper;

/**
 * Access control of sockets: identification of callers, limits on connections and calls, and the problem documents for
 * rejected calls.
 */
public record SocketGuard(Callers callers, OpenConnections connections, RateLimits rates, ProblemMapper problems) {}
