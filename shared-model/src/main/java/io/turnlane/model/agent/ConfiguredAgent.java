package io.turnlane.model.agent;

import io.turnlane.model.AgentDescription;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Value on the agents topic, whose key is the agent's name. A removed agent takes no new questions. Its value stays on
 * the topic, because processors still need the definition for questions that were accepted before the removal.
 *
 * @param definition fields of the {@link AgentDefinition}
 * @param changedAt time of the last change
 * @param removedAt time of the removal, or null
 * @param successor agent that answers further questions of sessions with this agent, or null; only if it was removed
 */
public record ConfiguredAgent(
        String name,
        Map<String, Object> definition,
        Instant changedAt,
        @Nullable Instant removedAt,
        @Nullable String successor) {

    public ConfiguredAgent {
        changedAt = changedAt.truncatedTo(ChronoUnit.MILLIS); // as in JSON
        AgentDescription.checkName(name);
        if (successor != null) {
            AgentDescription.checkName(successor);
        }
        if (successor != null && (removedAt == null || successor.equals(name))) {
            throw new IllegalArgumentException("only a removed agent has a successor, which is another agent");
        }
    }

    /** Returns an agent that takes questions. */
    public static ConfiguredAgent of(AgentDefinition definition, Instant now) {
        return new ConfiguredAgent(definition.name(), definition.fields(), now, null, null);
    }

    /** Returns the removed agent. */
    public ConfiguredAgent remove(Instant now, @Nullable String successor) {
        return new ConfiguredAgent(name, definition, now, now, successor);
    }

    public boolean removed() {
        return removedAt != null;
    }

    /**
     * Returns the definition.
     *
     * @throws InvalidFieldException if a newer version of Turnlane wrote fields that this version does not know
     */
    public AgentDefinition read() throws InvalidFieldException {
        return AgentDefinition.read(name, definition);
    }
}
