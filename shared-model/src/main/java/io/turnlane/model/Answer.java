package io.turnlane.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Complete answer of an agent.
 *
 * @param text Markdown
 * @param confidence number from 0 to 1, or null if the agent cannot estimate it. The constructor changes a value
 *     outside the range, such as a rounding error of an agent, to the nearest value in the range, and NaN to null.
 * @param sources sources that the answer is based on, best first
 * @param artifacts tables and charts, each a JSON object
 */
public record Answer(
        String text,
        @Nullable Double confidence,
        List<Source> sources,
        List<Map<String, Object>> artifacts,
        Usage usage) {

    public Answer {
        if (confidence != null) {
            confidence = confidence.isNaN() ? null : Math.clamp(confidence, 0.0, 1.0);
        }
        sources = List.copyOf(sources);
        artifacts = List.copyOf(artifacts);
    }

    /** Returns an answer that consists of text only. */
    public static Answer ofText(String text) {
        return new Answer(text, null, List.of(), List.of(), Usage.NONE);
    }
}
