package io.turnlane.store.accept;

/**
 * Agent that a route chose for a question.
 *
 * @param route name of the route
 */
public record RoutedAgent(String agent, String route) {}
