package io.turnlane.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an agent answered.
 *
 * @param text Markdown
 * @param confidence from 0 to 1; null where the agent can't tell
 * @param sources what the answer rests on, best first
 * @param artifacts tables and charts, each a JSON object
 */
public record Answer(
        String text,
        @Nullable Double confidence,
        List<Source> sources,
        List<Map<String, Object>> artifacts,
        Usage usage) {

    public Answer {
        if (confidence != null && !(confidence >= 0 && confidence <= 1)) {
            throw new IllegalArgumentException("confidence is from 0 to 1, not " + confidence);
        }
        sources = List.copyOf(sources);
        artifacts = List.copyOf(artifacts);
    }

    /** An answer that is text and nothing else. */
    public static Answer ofText(String text) {
        return new Answer(text, null, List.of(), List.of(), Usage.NONE);
    }
}
