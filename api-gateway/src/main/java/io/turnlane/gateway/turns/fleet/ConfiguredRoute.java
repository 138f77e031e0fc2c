package io.turnlane.gateway.turns.fleet;

import io.turnlane.model.agent.RouteSettings;
import java.time.Instant;

/**
 * Route that operators have configured.
 *
 * @param changedAt time of the last change of its definition
 */
public record ConfiguredRoute(String name, Instant changedAt, RouteSettings settings) {}
