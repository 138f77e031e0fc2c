package io.turnlane.gateway.turns.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.model.agent.RouteTarget;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Endpoint that lists the available agents. */
@Tag(name = "agents")
@RestController
record AgentController(Fleet fleet, AgentRegistry registry) {

    /**
     * Agent or route.
     *
     * @param isDefault true for the agent that answers if neither the question nor its session names an agent
     * @param targets agents from which a route chooses; absent if this is an agent
     */
    record AgentResource(
            String name,
            String description,
            List<String> examples,
            @JsonProperty("default") boolean isDefault,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<RouteTarget> targets) {}

    record Agents(List<AgentResource> agents) {}

    @Operation(operationId = "listAgents", summary = "List the agents that live processors offer")
    @GetMapping("/v1/agents")
    Agents agents() {
        return new Agents(fleet.agents().stream()
                .map(a -> new AgentResource(
                        a.name(),
                        a.description(),
                        a.examples(),
                        a.name().equals(fleet.defaultAgent()),
                        targets(a.name())))
                .toList());
    }

    private List<RouteTarget> targets(String name) {
        ConfiguredRoute route = registry.routes().get(name);
        return route == null ? List.of() : route.settings().targets();
    }
}
