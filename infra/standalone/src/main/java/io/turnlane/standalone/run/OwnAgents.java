package io.turnlane.standalone.run;

import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.tool.ToolMethods;
import java.util.List;

/** Agents and tools that a processor has in addition to Turnlane's own. */
public record OwnAgents(List<AgentFactory> agents, List<ToolMethods> tools) {

    /** Implementation for a processor without own agents. */
    public static final OwnAgents NONE = new OwnAgents(List.of(), List.of());

    public OwnAgents {
        agents = List.copyOf(agents);
        tools = List.copyOf(tools);
    }
}
