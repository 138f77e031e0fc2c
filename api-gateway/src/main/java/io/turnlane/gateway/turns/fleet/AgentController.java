package io.turnlane.gateway.turns.fleet;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Endpoint that lists the available agents. */
@Tag(name = "agents")
@RestController
record AgentController(Fleet fleet) {

    /** @param isDefault true for the agent that answers if neither the question nor its session names an agent */
    record AgentResource(
            String name,
            String description,
            List<String> examples,
            @JsonProperty("default") boolean isDefault) {}

    record Agents(List<AgentResource> agents) {}

    @Operation(operationId = "listAgents", summary = "List the agents that live processors offer")
    @GetMapping("/v1/agents")
    Agents agents() {
        return new Agents(fleet.agents().stream()
                .map(a -> new AgentResource(
                        a.name(), a.description(), a.examples(), a.name().equals(fleet.defaultAgent())))
                .toList());
    }
}
