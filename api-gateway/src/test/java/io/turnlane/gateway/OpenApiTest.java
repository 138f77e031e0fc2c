package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.ServedContract;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springdoc.core.customizers.OpenApiCustomizer;
import tools.jackson.databind.JsonNode;

/** The OpenAPI document by itself. {@link ServedContract} checks the responses of all tests against it. */
class OpenApiTest {

    private static TestGateway gateway;
    private static JsonNode document;
    private static ServedContract contract;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
        document = gateway.get("/openapi.json").json();
        contract = new ServedContract(document.toString());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static List<JsonNode> operations() {
        List<JsonNode> operations = new ArrayList<>();
        document.path("paths").forEach(path -> path.forEach(operations::add));
        return operations;
    }

    private static String id(JsonNode operation) {
        return operation.path("operationId").asString();
    }

    /** The build takes up to a second of CPU time, and the document needs no key. */
    @Test
    void buildsTheDocumentOnceForAllLanguages() throws Exception {
        AtomicInteger builds = new AtomicInteger();
        UnaryOperator<Object> counting = bean -> bean instanceof OpenApiCustomizer customizer
                ? (OpenApiCustomizer) api -> {
                    builds.incrementAndGet();
                    customizer.customise(api);
                }
                : bean;
        try (TestGateway counted = TestGateway.startReplacing(counting)) {
            assertThat(counted.http()
                            .send(counted.request("/openapi.json").build(), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            int once = builds.get();
            for (String language : List.of("en", "de", "fr-CA", "de-DE-u-co-phonebk", "*", "x-private", "und", "tlh")) {
                HttpRequest.Builder request = counted.request("/openapi.json", "Accept-Language", language);
                assertThat(counted.http()
                                .send(request.build(), BodyHandlers.ofString())
                                .statusCode())
                        .as(language)
                        .isEqualTo(200);
            }
            assertThat(builds).hasValue(once).hasPositiveValue();
        }
    }

    @Test
    void namesEveryOperationOnce() {
        List<String> ids = operations().stream().map(OpenApiTest::id).toList();
        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("[a-z][A-Za-z]+"));
    }

    @Test
    void startsWithAsking() {
        assertThat(document.path("paths").propertyNames().iterator().next()).isEqualTo("/v1/sessions/{sid}/requests");
        assertThat(document.path("tags").path(0).path("name").asString()).isEqualTo("ask");
    }

    @Test
    void givesAnExampleOfEveryBody() {
        for (JsonNode operation : operations()) {
            List<JsonNode> bodies = new ArrayList<>();
            operation.path("requestBody").path("content").forEach(bodies::add);
            operation
                    .path("responses")
                    .forEach(response -> response.path("content").forEach(bodies::add));
            assertThat(bodies).as(id(operation)).isNotEmpty().allMatch(body -> body.has("examples"));
        }
    }

    @Test
    void givesOnlyExamplesThatFitTheirSchemas() {
        Set<String> used = new TreeSet<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    String pointer = "#/paths/" + ServedContract.escaped(path.getKey()) + "/" + operation.getKey();
                    checkContent(pointer + "/requestBody", operation.getValue().path("requestBody"), used);
                    operation
                            .getValue()
                            .path("responses")
                            .properties()
                            .forEach(response -> checkContent(
                                    pointer + "/responses/" + response.getKey(), response.getValue(), used));
                }));
        assertThat(used)
                .isEqualTo(new TreeSet<>(
                        document.path("components").path("examples").propertyNames()));
    }

    private static void checkContent(String pointer, JsonNode described, Set<String> used) {
        described
                .path("content")
                .properties()
                .forEach(media -> media.getValue().path("examples").forEach(example -> {
                    String name = example.path("$ref").asString().replace("#/components/examples/", "");
                    used.add(name);
                    JsonNode value = document.path("components")
                            .path("examples")
                            .path(name)
                            .path("value");
                    String schema = pointer + "/content/" + ServedContract.escaped(media.getKey()) + "/schema";
                    assertThat(contract.violations(schema, value))
                            .as(schema + " " + name)
                            .isEmpty();
                }));
    }

    @Test
    void saysWhichFieldsOfAnAnswerAreAlwaysThere() {
        document.path("components").path("schemas").properties().stream()
                .filter(schema -> !schema.getKey().endsWith("Body"))
                .forEach(schema -> assertThat(schema.getValue().path("required"))
                        .as(schema.getKey())
                        .isNotEmpty());
    }

    @Test
    void usesOtherTypesForRequestsThanForResponses() {
        for (JsonNode operation : operations()) {
            operation.path("requestBody").findValuesAsString("$ref").stream()
                    .filter(reference -> reference.startsWith("#/components/schemas/"))
                    .forEach(reference -> assertThat(reference).matches(".*(Body|SessionDocument)"));
            assertThat(operation.path("responses").findValuesAsString("$ref"))
                    .as(id(operation))
                    .noneMatch(reference -> reference.endsWith("Body"));
        }
    }

    @Test
    void listsEveryErrorCode() {
        List<String> problems = new ArrayList<>();
        document.at("/components/schemas/Problem/properties/code/enum").forEach(code -> problems.add(code.asString()));
        String failed = document.at("/components/schemas/TurnError/properties/code/description")
                .asString();
        for (ErrorCode code : ErrorCode.values()) {
            boolean listed =
                    code.httpStatus() > 0 ? problems.contains(code.wire()) : failed.contains("`" + code.wire());
            assertThat(listed).as(code.wire()).isTrue();
        }
        assertThat(problems).hasSize((int) Arrays.stream(ErrorCode.values())
                .filter(code -> code.httpStatus() > 0)
                .count());
    }
}
