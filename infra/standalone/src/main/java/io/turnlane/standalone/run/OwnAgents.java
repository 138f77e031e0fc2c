package io.turnlane.standalone.run;

import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.tool.ToolMethods;
import java.util.List;

/**
 * Agents and tools that a processor has in addition to Turnlane's own.
 *
 * @param definitions definitions of further agents
 */
public record OwnAgents(List<AgentFactory> agents, List<ToolMethods> tools, List<AgentDefinition> definitions) {

    /** Implementation for a processor without own agents. */
    public static final OwnAgents NONE = new OwnAgents(List.of(), List.of());

    public OwnAgents {
        agents = List.copyOf(agents);
        tools = List.copyOf(tools);
        definitions = List.copyOf(definitions);
    }

    public OwnAgents(List<AgentFactory> agents, List<ToolMethods> tools) {
        this(agents, tools, List.of());
    }

    /** Returns these agents and the ones with the definitions. */
    public OwnAgents with(List<AgentDefinition> definitions) {
        return new OwnAgents(agents, tools, definitions);
    }
}
