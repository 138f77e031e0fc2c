package io.turnlane.model.json;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Checks a JSON document of a client against {@link JsonLimits}, before any other code reads the document. Gateways
 * check the body of every HTTP request and every WebSocket frame, so that HTTP and WebSocket clients can send the same
 * values.
 *
 * <p>Thread-safe.
 */
public final class IncomingJson {

    private static final JsonFactory JSON = new JsonFactory();

    private IncomingJson() {}

    /**
     * Checks a document in UTF-8.
     *
     * @throws IllegalArgumentException if a value exceeds a limit; the message names its line and column and is meant
     *     for clients
     * @throws JacksonException if the document is not JSON
     */
    public static void check(byte[] document) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), document)) {
            check(json);
        }
    }

    /**
     * Checks a document.
     *
     * @throws IllegalArgumentException if a value exceeds a limit; the message names its line and column and is meant
     *     for clients
     * @throws JacksonException if the document is not JSON
     */
    public static void check(String document) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), document)) {
            check(json);
        }
    }

    private static void check(JsonParser json) {
        int depth = 0;
        for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            try {
                check(json, token, depth);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "The value at line " + json.currentTokenLocation().getLineNr() + ", column "
                                + json.currentTokenLocation().getColumnNr() + " " + e.getMessage() + ".");
            }
        }
    }

    private static void check(JsonParser json, JsonToken token, int depth) {
        switch (token) {
            case START_OBJECT, START_ARRAY -> {
                if (depth > JsonLimits.MAX_DOCUMENT_DEPTH) {
                    throw JsonLimits.tooDeep(JsonLimits.MAX_DOCUMENT_DEPTH);
                }
            }
            case PROPERTY_NAME, VALUE_STRING -> JsonLimits.checkText(json.getString());
            case VALUE_NUMBER_INT -> JsonLimits.checkInteger(json.getString());
            case VALUE_NUMBER_FLOAT -> JsonLimits.checkDouble(json.getDoubleValue());
            default -> {}
        }
    }
}
