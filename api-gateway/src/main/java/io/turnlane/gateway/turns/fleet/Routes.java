package io.turnlane.gateway.turns.fleet;

import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.SessionKey;
import io.turnlane.model.agent.StickyKey;
import io.turnlane.store.accept.RoutedAgent;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Chooses the agents of routes when the gateway accepts a question. The choice depends only on the route's definition
 * and on a value of the question, so that all gateways choose the same agent.
 *
 * <p>Safe for use by any number of threads.
 */
@Component
public record Routes(Fleet fleet, AgentRegistry registry) {

    /**
     * Returns the agents that routes choose for a question, by the name that the question or its session can have. The
     * map contains only the requested agent, or all routes if the session's agent decides.
     *
     * @param agent requested agent; null for the session's agent
     * @throws ProblemDetailException if the requested agent is a route without a target that takes questions
     */
    public Map<String, RoutedAgent> choose(@Nullable String agent, SessionKey session, Caller caller) {
        Map<String, ConfiguredRoute> all = registry.routes();
        if (all.isEmpty() || (agent != null && !all.containsKey(agent))) {
            return Map.of();
        }
        Map<String, RoutedAgent> chosen = new HashMap<>();
        all.forEach((name, route) -> {
            if (agent == null || agent.equals(name)) {
                choose(route, session, caller)
                        .ifPresent(target -> chosen.put(name, new RoutedAgent(target, route.name())));
            }
        });
        if (agent != null && chosen.isEmpty()) {
            throw new ProblemDetailException(
                    ErrorCode.UNKNOWN_AGENT,
                    "No processor offers an agent of this route. GET /v1/agents lists the available agents.");
        }
        return chosen;
    }

    private Optional<String> choose(ConfiguredRoute route, SessionKey session, Caller caller) {
        Predicate<String> usable = target -> fleet.takesQuestions(registry.lastSuccessor(target));
        String value = value(route.settings().sticky(), caller).orElseGet(session::toString);
        return route.settings()
                .chooseByRule(key -> value(key, caller), usable)
                .or(() -> route.choose(value, usable))
                .map(registry::lastSuccessor);
    }

    /** Returns the value of the current question; empty if the question lacks it, and then its session decides. */
    private static Optional<String> value(StickyKey key, Caller caller) {
        return Optional.ofNullable(
                switch (key.kind()) {
                    case SESSION -> null;
                    case USER -> caller.userId();
                    case HEADER -> header(key.name());
                    case CLAIM -> caller.claims().get(key.name());
                });
    }

    /** Returns the header of the HTTP call that this thread handles; null on a WebSocket. */
    private static @Nullable String header(String name) {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes call
                ? call.getRequest().getHeader(name)
                : null;
    }
}
