package io.turnlane.gateway.turns.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.model.agent.RouteTarget.TakenOut;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<TargetResource> targets) {}

    /**
     * Agent from which a route chooses.
     *
     * @param weight share of the agent, relative to the weights of all targets
     * @param takenOut reason for which the way back of the route took the agent out; absent if it did not
     */
    record TargetResource(
            String agent,
            int weight,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            TakenOut takenOut) {}

    /**
     * Removed agent, which takes no new questions by its name unless it has a successor.
     *
     * @param successor agent that answers further questions of its sessions; absent if there is none
     */
    record RemovedAgent(
            String name,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String successor) {}

    /** @param removed agents that were removed; absent if there are none */
    record Agents(
            List<AgentResource> agents,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<RemovedAgent> removed) {}

    @Operation(
            operationId = "listAgents",
            summary = "List the agents that live processors offer",
            description = "Also lists removed agents, with the agents that take over their sessions.")
    @GetMapping("/v1/agents")
    Agents agents() {
        return new Agents(
                fleet.agents().stream()
                        .map(a -> new AgentResource(
                                a.name(),
                                a.description(),
                                a.examples(),
                                a.name().equals(fleet.defaultAgent()),
                                targets(a.name())))
                        .toList(),
                registry.removed().stream()
                        .map(removed -> new RemovedAgent(removed.name(), removed.successor()))
                        .toList());
    }

    private List<TargetResource> targets(String name) {
        ConfiguredRoute route = registry.routes().get(name);
        return route == null
                ? List.of()
                : route.settings().targets().stream()
                        .map(target -> new TargetResource(target.agent(), target.weight(), target.takenOut()))
                        .toList();
    }
}
