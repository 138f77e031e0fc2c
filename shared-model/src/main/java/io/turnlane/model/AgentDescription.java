package io.turnlane.model;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Public description of an agent, which clients can read before they ask the agent a question.
 *
 * @param name value of {@code agent} in a request: 1 to 64 of {@code a-z 0-9 . _ -}
 * @param description one sentence on the questions that the agent answers
 * @param examples questions that the agent answers well
 */
public record AgentDescription(String name, String description, List<String> examples) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9._-]{1,64}");

    public AgentDescription {
        checkName(name);
        examples = List.copyOf(examples);
    }

    /**
     * Checks the name of an agent.
     *
     * @throws IllegalArgumentException if the name is invalid
     */
    public static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("an agent name must have 1 to 64 characters from a-z 0-9 . _ -");
        }
    }
}
