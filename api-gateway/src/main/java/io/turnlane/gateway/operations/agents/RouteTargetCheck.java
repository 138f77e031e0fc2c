package io.turnlane.gateway.operations.agents;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.fleet.AgentRegistry;
import io.turnlane.gateway.turns.fleet.ConfiguredRoute;
import io.turnlane.gateway.turns.fleet.Fleet;
import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.model.agent.RouteSettings;
import org.springframework.stereotype.Component;

/** Checks of changes of an agent that need to know the other agents. */
@Component
record RouteTargetCheck(Fleet fleet, AgentRegistry registry) {

    /**
     * Checks that the targets of a route are agents that take questions, and that no target of a route becomes a route.
     *
     * @throws ProblemDetailException if this is not the case; the message names the field
     */
    void check(AgentDefinition definition) {
        if (!(definition.settings() instanceof RouteSettings route)) {
            return;
        }
        for (ConfiguredRoute other : registry.offeredRoutes()) {
            if (isTarget(definition.name(), other.settings())) {
                throw ProblemDetailException.invalid(
                        "type must not be route, because the agent is a target of the route " + other.name() + ".");
            }
        }
        for (int i = 0; i < route.targets().size(); i++) {
            String target = route.targets().get(i).agent();
            if (target.equals(definition.name()) || registry.routes().containsKey(target)) {
                throw ProblemDetailException.invalid(
                        "targets[" + i + "].agent must be an agent, but " + target + " is a route.");
            }
            if (!fleet.takesQuestions(target)) {
                throw ProblemDetailException.invalid(
                        "targets[" + i + "].agent is " + target + ", which no processor offers.");
            }
        }
    }

    /**
     * Checks that the successor of a removed agent is an agent or a route that takes questions.
     *
     * @throws ProblemDetailException if it is not
     */
    void checkSuccessor(String successor) {
        boolean isRoute =
                registry.offeredRoutes().stream().anyMatch(route -> route.name().equals(successor));
        if (!isRoute && !fleet.takesQuestions(successor)) {
            throw ProblemDetailException.invalid("successor is " + successor + ", which takes no questions.");
        }
    }

    private static boolean isTarget(String name, RouteSettings route) {
        return route.targets().stream().anyMatch(target -> target.agent().equals(name));
    }
}
