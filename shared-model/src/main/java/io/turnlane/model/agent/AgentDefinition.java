package io.turnlane.model.agent;

import io.turnlane.model.AgentDescription;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Definition of a configured agent: value of a record on the agents topic, whose key is the agent's name.
 *
 * @param description what clients see of the agent; contains its name
 */
public record AgentDefinition(AgentDescription description, AgentType type, AgentSettings settings) {

    private static final int MAX_EXAMPLES = 20;

    /**
     * Reads a definition from the fields of a JSON or YAML object.
     *
     * @throws InvalidFieldException if a field is missing, unknown or invalid
     */
    public static AgentDefinition read(String name, Map<String, ?> values) throws InvalidFieldException {
        DefinitionFields fields = new DefinitionFields(values);
        AgentType type = fields.choice("type", AgentType.values(), null);
        String text = fields.textOrNull("description");
        AgentDefinition definition = new AgentDefinition(
                description(
                        name, text == null ? defaultDescription(type) : text, fields.texts("examples", MAX_EXAMPLES)),
                type,
                AgentSettings.read(type, fields));
        fields.checkAllRead();
        return definition;
    }

    private static AgentDescription description(String name, String text, List<String> examples)
            throws InvalidFieldException {
        try {
            return new AgentDescription(name, text, examples);
        } catch (IllegalArgumentException e) {
            throw new InvalidFieldException(
                    "name", String.valueOf(e.getMessage()).replaceFirst("^an agent name ", ""));
        }
    }

    private static String defaultDescription(AgentType type) {
        return switch (type) {
            case CHAT -> "Answers with a model.";
            case RESPONSES, CHAT_COMPLETIONS, AG_UI -> "Answers through an agent behind HTTP.";
            case RETRIEVAL -> "Answers questions from the built-in data set.";
            case ECHO -> "Repeats the question.";
            case ROUTE -> "Answers through one of several agents.";
        };
    }

    public String name() {
        return description.name();
    }

    /** Returns the fields of the definition's JSON object. {@link #read} returns an equal definition for them. */
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", type.wire());
        fields.put("description", description.description());
        fields.put("examples", description.examples());
        fields.putAll(settings.fields());
        return fields;
    }
}
