package io.turnlane.processor.agent;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Question of one turn.
 *
 * @param metadata the client's own JSON object
 */
public record Question(String text, Map<String, Object> metadata) {

    public Question {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }
}
