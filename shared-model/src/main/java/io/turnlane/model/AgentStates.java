package io.turnlane.model;

import io.turnlane.model.json.JsonLimits;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * States that the agents of a session have set: one JSON object for each agent, by the agent's name. An agent receives
 * its own state with the session's next turn. Immutable, except for objects and arrays inside a state, which nobody may
 * change.
 *
 * @param byAgent states that are not empty
 */
public record AgentStates(Map<String, Map<String, Object>> byAgent) {

    /** Maximum size of the states of all agents in a session together, in bytes of JSON. */
    public static final int MAX_BYTES = 64 * 1024;

    public static final AgentStates NONE = new AgentStates(Map.of());

    /** @throws IllegalArgumentException if a state exceeds a limit of {@link JsonLimits} */
    public AgentStates {
        Map<String, Map<String, Object>> copy = new LinkedHashMap<>();
        byAgent.forEach((agent, state) -> {
            Objects.requireNonNull(state, "state");
            if (!state.isEmpty()) {
                copy.put(agent, Collections.unmodifiableMap(new LinkedHashMap<>(JsonLimits.check(state))));
            }
        });
        byAgent = Collections.unmodifiableMap(copy);
    }

    /** Returns the state of an agent; empty if the agent has set none. */
    public Map<String, Object> of(String agent) {
        return byAgent.getOrDefault(agent, Map.of());
    }

    /** Returns a copy with this state of an agent. An empty state removes the agent's state. */
    public AgentStates with(String agent, Map<String, Object> state) {
        Map<String, Map<String, Object>> changed = new LinkedHashMap<>(byAgent);
        changed.put(agent, state);
        return new AgentStates(changed);
    }

    /** Returns true if the states together are larger than {@link #MAX_BYTES}. */
    public boolean isTooLarge(WireFormat wire) {
        return byAgent.values().stream()
                        .mapToLong(state -> wire.writeValue(state).length)
                        .sum()
                > MAX_BYTES;
    }
}
