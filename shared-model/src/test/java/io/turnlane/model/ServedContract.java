package io.turnlane.model;

import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Validates responses against the OpenAPI document that a gateway serves: status, media type and every JSON body. The
 * schemas are closed. Clients must ignore unknown fields, but a field that the document does not name is a mistake.
 *
 * <p>Safe for use by any number of threads.
 */
public final class ServedContract {

    private static final String ID = "https://turnlane.invalid/openapi.json";
    private static final String PROBLEM = "application/problem+json";
    private static final List<String> TIMES = List.of(
            "created_at",
            "started_at",
            "finished_at",
            "last_activity",
            "timestamp",
            "at",
            "exported_at",
            "quarantined_at",
            "asked_at");
    private static final Pattern MILLISECONDS = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final AtomicReference<ServedContract> SERVED = new AtomicReference<>();

    /** Paths with fewer variables come first: a literal segment takes precedence over a variable. */
    private static final Comparator<String> BY_VARIABLES = Comparator.<String>comparingLong(
                    path -> path.chars().filter(c -> c == '{').count())
            .thenComparing(Comparator.naturalOrder());

    private final JsonNode document;
    private final SchemaRegistry registry;
    private final Map<String, Pattern> paths = new TreeMap<>(BY_VARIABLES);

    /** @param document OpenAPI document */
    public ServedContract(String document) {
        this.document = JSON.readTree(document);
        for (String path : this.document.path("paths").propertyNames()) {
            paths.put(path, Pattern.compile(path.replaceAll("\\{[^}]*}", "[^/]+")));
        }
        JsonNode closed = JSON.readTree(document);
        close(closed);
        registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemas(_ -> closed.toString())
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build()));
    }

    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.has("properties") && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        schema.forEach(ServedContract::close);
    }

    /**
     * Validates a response against the document of the gateway that sent it. The document is read once, because all
     * gateways of a JVM serve the same one.
     *
     * @throws AssertionError if the response violates the document
     */
    public static void check(HttpResponse<String> response) {
        URI uri = response.request().uri();
        ServedContract contract = SERVED.updateAndGet(known -> known == null ? servedBy(uri) : known);
        List<String> violations = contract.violations(
                response.request().method(),
                uri.getRawPath(),
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(null),
                response.body());
        if (!violations.isEmpty()) {
            throw new AssertionError("The response violates /openapi.json: " + violations + "\n" + response.body());
        }
    }

    private static ServedContract servedBy(URI uri) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(uri.resolve("/openapi.json")).build();
            return new ServedContract(
                    http.send(request, BodyHandlers.ofString()).body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Returns the violations of a response; empty if there are none.
     *
     * @param contentType value of the header; null if the response has none
     */
    public List<String> violations(String method, String path, int status, String contentType, String body) {
        String mediaType = contentType == null ? "" : contentType.replaceAll("\\s*;.*", "");
        String template = template(path);
        String verb = method.equals("HEAD") ? "get" : method.toLowerCase(Locale.ROOT);
        JsonNode operation =
                document.path("paths").path(String.valueOf(template)).path(verb);
        if (operation.isMissingNode()) {
            return withoutOperation(method, path, mediaType, status, body);
        }
        String declared =
                operation.path("responses").has(Integer.toString(status)) ? Integer.toString(status) : "default";
        JsonNode response = operation.path("responses").path(declared);
        if (declared.equals("default") && (status < 400 || response.isMissingNode())) {
            return List.of(method + " " + template + " declares no status " + status);
        }
        if (body.isEmpty() || status == 304) {
            return List.of();
        }
        if (!response.path("content").has(mediaType)) {
            return List.of(method + " " + template + " declares no " + mediaType + " for status " + status);
        }
        String pointer = String.join(
                "/",
                "#/paths",
                escaped(template),
                verb,
                "responses",
                declared,
                "content",
                escaped(mediaType),
                "schema");
        return mediaType.endsWith("json") ? violationsWithTimes(pointer, JSON.readTree(body)) : List.of();
    }

    /** Also checks that times have milliseconds, as the documentation promises. A schema cannot require it. */
    private List<String> violationsWithTimes(String pointer, JsonNode value) {
        List<String> violations = new ArrayList<>(violations(pointer, value));
        for (String name : TIMES) {
            value.findValues(name).stream()
                    .filter(time -> time.isString()
                            && !MILLISECONDS.matcher(time.asString()).matches())
                    .forEach(time -> violations.add(name + " is not a time with milliseconds: " + time));
        }
        return violations;
    }

    /** Files and calls that no operation describes: an error must be a problem, and JSON must come from a file. */
    private List<String> withoutOperation(String method, String path, String mediaType, int status, String body) {
        if (mediaType.equals(PROBLEM)) {
            return violations("#/components/schemas/Problem", JSON.readTree(body));
        }
        boolean file = path.contains(".");
        return mediaType.endsWith("json") && !file
                ? List.of(method + " " + path + " answers " + status + " with JSON and is not described")
                : List.of();
    }

    /**
     * Returns the violations of a value.
     *
     * @param pointer JSON pointer of a schema in the document, as a fragment
     */
    public List<String> violations(String pointer, JsonNode value) {
        return registry.getSchema(SchemaLocation.of(ID + pointer)).validate(value).stream()
                .map(error -> error.getInstanceLocation() + " " + error.getMessage())
                .toList();
    }

    private String template(String path) {
        return paths.entrySet().stream()
                .filter(known -> known.getValue().matcher(path).matches())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    /** Escapes a member name for a JSON pointer in a URI fragment. */
    public static String escaped(String name) {
        return name.replace("~", "~0")
                .replace("/", "~1")
                .replace("{", "%7B")
                .replace("}", "%7D")
                .replace("+", "%2B");
    }
}
