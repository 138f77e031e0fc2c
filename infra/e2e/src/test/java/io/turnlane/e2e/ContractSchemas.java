package io.turnlane.e2e;

import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The schemas under {@code docs}, without additional properties. Readers ignore unknown fields, but a field that the
 * documentation does not name is an error in the code or in the documentation.
 */
final class ContractSchemas {

    static final String SOCKET_CLIENT = "schemas/socket-client-frame.json";
    static final String SOCKET_SERVER = "schemas/socket-server-frame.json";
    static final String EVENT = "schemas/turn-event.json";
    static final String COMMAND = "schemas/session-command.json";
    static final String ASYNC_API = "asyncapi.yaml";

    private static final Path DOCS = Path.of("../../docs");
    private static final String BASE = "https://turnlane.invalid/";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(ContractSchemas::closed));

    /**
     * Returns the violations of a schema by a value.
     *
     * @param schema file under docs, with a pointer if the schema is a part of it
     */
    List<String> violations(String schema, JsonNode value) {
        return registry.getSchema(SchemaLocation.of(BASE + schema)).validate(value).stream()
                .map(error -> schema + ": " + error.getInstanceLocation() + " " + error.getMessage() + " in " + value)
                .toList();
    }

    /** Returns the titles of a schema's alternatives. */
    static Set<String> alternatives(String schema) {
        Set<String> names = new TreeSet<>();
        read(schema).path("oneOf").forEach(one -> names.add(one.path("title").asString()));
        return names;
    }

    /** Returns the names under {@code $defs}. */
    static Set<String> definitions(String schema) {
        return new TreeSet<>(read(schema).path("$defs").propertyNames());
    }

    static JsonNode read(String file) {
        try {
            String text = Files.readString(DOCS.resolve(file));
            return file.endsWith(".yaml") ? JSON.valueToTree(new Yaml().load(text)) : JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String closed(String location) {
        JsonNode schema = read(location.substring(BASE.length()));
        close(schema);
        return schema.toString();
    }

    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.has("properties") && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        schema.forEach(ContractSchemas::close);
    }
}
