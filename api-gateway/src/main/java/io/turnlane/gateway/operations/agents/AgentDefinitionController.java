package io.turnlane.gateway.operations.agents;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.turnlane.gateway.guard.caller.Operator;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.fleet.AgentRegistry;
import io.turnlane.gateway.turns.input.ClientJson;
import io.turnlane.log.CompactedTopic;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.model.agent.ConfiguredAgent;
import io.turnlane.model.agent.InvalidFieldException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Endpoints that add, show and remove configured agents. All processors follow a change within a second. */
@Tag(name = "agents")
@RestController
@RequestMapping("/v1/agents/{name}")
final class AgentDefinitionController {

    private static final Logger log = LoggerFactory.getLogger(AgentDefinitionController.class);

    /** Maximum number of names on the topic, which are also values of a tag of metrics. */
    private static final int MAX_AGENTS = 1000;

    /** Maximum time until a gateway has read its own change, which normally takes milliseconds. */
    private static final Duration OWN_CHANGE = Duration.ofSeconds(2);

    private final CompactedTopic<ConfiguredAgent> topic;
    private final AgentRegistry registry;
    private final RouteTargetCheck targets;
    private final ToolNameCheck tools;
    private final InstantSource clock;

    AgentDefinitionController(
            CompactedTopic<ConfiguredAgent> topic,
            AgentRegistry registry,
            RouteTargetCheck targets,
            ToolNameCheck tools,
            InstantSource clock) {
        this.topic = topic;
        this.registry = registry;
        this.targets = targets;
        this.tools = tools;
        this.clock = clock;
    }

    /**
     * Configured agent.
     *
     * @param definition all settings, defaults included; secrets are shown as references only
     * @param removedAt time of the removal, or null if the agent takes questions
     * @param successor agent that answers further questions of this agent's sessions, or null
     */
    record AgentDefinitionResource(
            String name,
            Map<String, Object> definition,
            Instant changedAt,
            @Nullable Instant removedAt,
            @Nullable String successor) {

        static AgentDefinitionResource of(ConfiguredAgent agent) {
            return new AgentDefinitionResource(
                    agent.name(), agent.definition(), agent.changedAt(), agent.removedAt(), agent.successor());
        }
    }

    @Operation(operationId = "getAgent", summary = "Get the definition of a configured agent")
    @GetMapping
    AgentDefinitionResource show(Operator operator, @PathVariable String name) {
        return AgentDefinitionResource.of(find(name));
    }

    @Operation(
            operationId = "putAgent",
            summary = "Add or change an agent",
            description = "The body is the whole definition; its field `type` decides which other fields it has. "
                    + "If a field is missing, unknown or invalid, the error names it and nothing changes.")
    @ApiResponse(responseCode = "200", description = "The agent was changed")
    @ApiResponse(responseCode = "201", description = "The agent was added")
    @PutMapping
    ResponseEntity<AgentDefinitionResource> put(
            Operator operator, @PathVariable String name, @RequestBody Map<String, Object> body) {
        boolean added = registry.find(name).filter(agent -> !agent.removed()).isEmpty();
        if (registry.find(name).isEmpty() && registry.size() >= MAX_AGENTS) {
            throw ProblemDetailException.invalid("There are already " + MAX_AGENTS + " names of configured agents.");
        }
        AgentDefinition definition = definition(name, body);
        targets.check(definition);
        tools.check(definition);
        ConfiguredAgent agent = ConfiguredAgent.of(definition, clock.instant());
        publish(agent, added ? "agent added" : "agent changed");
        return ResponseEntity.status(added ? HttpStatus.CREATED : HttpStatus.OK)
                .body(AgentDefinitionResource.of(agent));
    }

    @Operation(
            operationId = "deleteAgent",
            summary = "Remove a configured agent",
            description = "The agent takes no new questions. Accepted questions are still answered: by `successor`, "
                    + "which also answers further questions of the agent's sessions, or else by the removed agent.")
    @DeleteMapping
    AgentDefinitionResource remove(
            Operator operator,
            @PathVariable String name,
            @Parameter(description = "Agent that takes over the sessions of the removed agent")
                    @RequestParam(required = false)
                    @Nullable
                    String successor) {
        ConfiguredAgent agent = find(name);
        ConfiguredAgent removed;
        try {
            removed = agent.remove(clock.instant(), successor);
        } catch (IllegalArgumentException e) {
            throw ProblemDetailException.invalid("successor is invalid: " + e.getMessage() + ".");
        }
        if (successor != null) {
            targets.checkSuccessor(successor);
        }
        publish(removed, "agent removed");
        return AgentDefinitionResource.of(removed);
    }

    private ConfiguredAgent find(String name) {
        return registry.find(name).orElseThrow(() -> ProblemDetailException.notFound("configured agent"));
    }

    private static AgentDefinition definition(String name, Map<String, Object> body) {
        try {
            return AgentDefinition.read(name, ClientJson.checkValue("The definition", body));
        } catch (InvalidFieldException e) {
            throw ProblemDetailException.invalid(e.getMessage() + ".");
        }
    }

    private void publish(ConfiguredAgent agent, String event) {
        try {
            topic.publish(agent);
            registry.await(agent, OWN_CHANGE); // so that the caller sees its change at this gateway
        } catch (ExecutionException e) {
            throw new ProblemDetailException(
                    ErrorCode.UNAVAILABLE, "Kafka is unavailable at the moment. Retry later.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProblemDetailException(ErrorCode.UNAVAILABLE, "The gateway is shutting down. Retry later.", e);
        }
        log.atInfo().addKeyValue("agent", agent.name()).log(event);
    }
}
