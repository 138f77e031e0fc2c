package io.turnlane.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The check of responses: it must find every kind of contradiction between a response and the document. */
class ServedContractTest {

    private static final ServedContract CONTRACT = new ServedContract("""
            {"openapi": "3.1.0", "paths": {"/things/{id}": {"get": {"responses": {
               "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
               "default": {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
             }}}},
             "components": {"schemas": {
               "Thing": {"properties": {"at": {"type": "string", "format": "date-time"}}, "required": ["at"]},
               "Problem": {"properties": {"code": {"type": "string"}}, "required": ["code"]}}}}
            """);

    private static List<String> get(int status, String contentType, String body) {
        return CONTRACT.violations("GET", "/things/a%20b", status, contentType, body);
    }

    @Test
    void acceptsWhatTheDocumentDescribes() {
        assertThat(get(200, "application/json;charset=UTF-8", "{\"at\":\"2026-11-21T06:00:00.123Z\"}"))
                .isEmpty();
        assertThat(get(404, "application/problem+json", "{\"code\":\"not_found\"}"))
                .isEmpty();
        assertThat(CONTRACT.violations("GET", "/manifest.json", 200, "application/json", "[]"))
                .isEmpty();
    }

    @Test
    void findsAValueOfAnotherType() {
        assertThat(get(200, "application/json", "{\"at\":null}"))
                .singleElement()
                .asString()
                .contains("/at null found");
        assertThat(get(200, "application/json", "{\"at\":\"yesterday\"}"))
                .anyMatch(violation -> violation.contains("date-time pattern"));
    }

    @Test
    void findsATimeWithoutMilliseconds() {
        assertThat(get(200, "application/json", "{\"at\":\"2026-11-21T06:00:00Z\"}"))
                .singleElement()
                .asString()
                .contains("at is not a time with milliseconds");
    }

    @Test
    void findsMissingAndUnknownFields() {
        assertThat(get(200, "application/json", "{}")).hasSize(1);
        assertThat(get(200, "application/json", "{\"at\":\"2026-11-21T06:00:00.000Z\",\"more\":1}"))
                .hasSize(1);
        assertThat(get(404, "application/problem+json", "{\"error\":\"x\"}")).hasSize(2);
    }

    @Test
    void findsStatusesMediaTypesAndCallsThatAreNotDescribed() {
        assertThat(get(202, "application/json", "{}")).containsExactly("GET /things/{id} declares no status 202");
        assertThat(get(404, "application/json", "{}"))
                .containsExactly("GET /things/{id} declares no application/json for status 404");
        assertThat(CONTRACT.violations("POST", "/things/1", 200, "application/json", "{}"))
                .hasSize(1);
        assertThat(CONTRACT.violations("GET", "/other", 200, "application/json", "{}"))
                .hasSize(1);
        assertThat(CONTRACT.violations("GET", "/other", 404, "application/problem+json", "{}"))
                .hasSize(1);
    }
}
