package io.turnlane.gateway.system.openapi;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.media.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Examples of all operations, from {@code examples.json}. The order of the operations in this file is also their order
 * in the OpenAPI document.
 *
 * @param operations for each operation id, the names of its examples: {@code request} for the request, and each status
 *     for its response
 */
record OpenApiExamples(Map<String, Map<String, String>> operations, Map<String, Object> values) {

    static OpenApiExamples load() {
        try (InputStream json = new ClassPathResource("examples.json", OpenApiExamples.class).getInputStream()) {
            return JsonMapper.shared().readValue(json, OpenApiExamples.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void addTo(OpenAPI api) {
        Components components = api.getComponents();
        values.forEach((name, value) -> components.addExamples(name, new Example().value(value)));
        List<String> order = List.copyOf(operations.keySet());
        api.getPaths().values().stream()
                .flatMap(path -> path.readOperations().stream())
                .forEach(this::addTo);
        Paths sorted = new Paths();
        List<Map.Entry<String, PathItem>> paths = new ArrayList<>(api.getPaths().entrySet());
        paths.sort(Comparator.comparingInt(path -> path.getValue().readOperations().stream()
                .mapToInt(operation -> order.indexOf(operation.getOperationId()))
                .min()
                .orElse(order.size())));
        paths.forEach(path -> sorted.addPathItem(path.getKey(), path.getValue()));
        api.setPaths(sorted);
    }

    private void addTo(Operation operation) {
        Map<String, String> names = operations.getOrDefault(operation.getOperationId(), Map.of());
        if (operation.getRequestBody() != null) {
            add(names.get("request"), operation.getRequestBody().getContent());
        }
        operation.getResponses().forEach((status, response) -> {
            String name = status.equals("default") ? "problem" : names.get(status);
            add(name, response.getContent());
        });
    }

    private static void add(@Nullable String name, @Nullable Content content) {
        if (name != null) {
            Objects.requireNonNull(content, name)
                    .values()
                    .forEach(media -> media.addExamples(name, new Example().$ref("#/components/examples/" + name)));
        }
    }
}
