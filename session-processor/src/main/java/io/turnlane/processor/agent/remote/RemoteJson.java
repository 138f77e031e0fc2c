package io.turnlane.processor.agent.remote;

import io.turnlane.model.Usage;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes the JSON of all protocols. */
final class RemoteJson {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long MAX_COUNT = 1L << 53;

    private RemoteJson() {}

    static byte[] write(Map<String, Object> object) {
        return JSON.writeValueAsBytes(object);
    }

    /**
     * Reads a JSON document.
     *
     * @throws RemoteFault if the text is anything else
     */
    static JsonNode read(String text) throws RemoteFault {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            throw RemoteFault.broken("sent invalid JSON");
        }
    }

    /**
     * Reads a JSON object.
     *
     * @throws RemoteFault if the text is anything else
     */
    static JsonNode readObject(String text) throws RemoteFault {
        JsonNode value = read(text);
        if (!value.isObject()) {
            throw RemoteFault.broken("sent JSON that is not an object");
        }
        return value;
    }

    /**
     * Returns a text that an object must have.
     *
     * @throws RemoteFault if the object has no such field, or if its value is not a text
     */
    static String text(JsonNode object, String field) throws RemoteFault {
        String text = textOrNull(object, field);
        if (text == null) {
            throw RemoteFault.violation("sent an object without the text " + field);
        }
        return text;
    }

    /** Returns a text of an object, or null if the object has no such text. */
    static @Nullable String textOrNull(JsonNode object, String field) {
        JsonNode value = object.path(field);
        return value.isString() ? value.stringValue() : null;
    }

    static String textOrEmpty(JsonNode object, String field) {
        String text = textOrNull(object, field);
        return text == null ? "" : text;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> toMap(JsonNode object) {
        return JSON.convertValue(object, Map.class);
    }

    static List<?> toList(JsonNode array) {
        return JSON.convertValue(array, List.class);
    }

    /** Returns the usage of one call of a model. */
    static Usage usage(JsonNode usage, String input, String output) {
        return usage.isObject() ? new Usage(1, count(usage.path(input)), count(usage.path(output))) : Usage.NONE;
    }

    /** Returns the number, or 0 if the value is not a valid count. */
    private static long count(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToLong() ? Math.clamp(value.longValue(), 0, MAX_COUNT) : 0;
    }
}
