package io.turnlane.standalone;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Value of an option: JSON such as {@code 3}, {@code true} or {@code [1,2]}, or any other text. */
final class JsonOrText {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private JsonOrText() {}

    /** Returns the JSON, or the text if it is not JSON. */
    static Object of(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            return json.isMissingNode() || json.isNull() ? text : json;
        } catch (JacksonException noJson) {
            return text;
        }
    }
}
