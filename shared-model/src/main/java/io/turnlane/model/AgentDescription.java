package io.turnlane.model;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What people may know of an agent before they ask it.
 *
 * @param name what a client writes in {@code agent}: 1 to 64 of {@code a-z 0-9 . _ -}
 * @param description one sentence that says what it answers
 * @param examples questions that show it well
 */
public record AgentDescription(String name, String description, List<String> examples) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9._-]{1,64}");

    public AgentDescription {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("an agent's name is 1 to 64 of a-z 0-9 . _ -");
        }
        examples = List.copyOf(examples);
    }
}
