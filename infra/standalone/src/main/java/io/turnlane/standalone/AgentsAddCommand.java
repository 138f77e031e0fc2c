package io.turnlane.standalone;

import io.turnlane.standalone.options.AgentCallOptions;
import io.turnlane.standalone.terminal.UsageException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Command that adds a configured agent or replaces its definition. */
@Command(
        name = "add",
        description = {
            "Add an agent, or replace its definition.",
            "Examples:",
            "  ./turnlane agents add support --type ag-ui --url http://127.0.0.1:9000/",
            "  ./turnlane agents add kimi --type chat --provider kimi --model kimi-k2.6 --key-env MOONSHOT_API_KEY",
            "  ./turnlane agents add help --type route --to support=90 --to kimi=10"
        })
final class AgentsAddCommand implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", description = "The name of the agent, which questions refer to.")
    private String name = "";

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "What answers: chat (a model), responses, chat-completions or ag-ui (an agent behind this "
                    + "protocol), retrieval or echo (built in), or route (one of several agents).")
    private @Nullable String type;

    @Option(
            names = {"--url", "--base-url"},
            paramLabel = "URL",
            description = "Address of the agent, or base URL of the model's API. Providers have a default.")
    private @Nullable String url;

    @Option(
            names = "--provider",
            paramLabel = "NAME",
            description = "Provider of the model: openai, kimi, glm, deepseek, ollama, vllm or other. Default: other.")
    private @Nullable String provider;

    @Option(names = "--model", paramLabel = "NAME", description = "The model.")
    private @Nullable String model;

    @Option(
            names = "--key-env",
            paramLabel = "VARIABLE",
            description = "Environment variable of the processors that contains the API key.")
    private @Nullable String keyVariable;

    @Option(
            names = "--key-file",
            paramLabel = "NAME",
            description = "File in the processors' folder of secrets that contains the API key.")
    private @Nullable String keyFile;

    @Option(names = "--system", paramLabel = "TEXT", description = "The system prompt.")
    private @Nullable String system;

    @Option(
            names = "--header",
            paramLabel = "NAME=VALUE",
            description = {
                "A header of each call to the agent; repeatable.",
                "The value can contain secrets by reference: 'Bearer ${env:SUPPORT_TOKEN}'."
            })
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(
            names = "--to",
            paramLabel = "AGENT=WEIGHT",
            description = "A target of the route and its weight; repeatable. An agent with 90 of 100 gets 90 %%.")
    private Map<String, Integer> targets = new LinkedHashMap<>();

    @Option(
            names = "--sticky",
            paramLabel = "KEY",
            description = "What keeps its target: session (default), user, header:NAME or claim:NAME of the token.")
    private @Nullable String sticky;

    @Option(names = "--description", paramLabel = "TEXT", description = "One sentence that clients see.")
    private @Nullable String description;

    @Option(
            names = "--example",
            paramLabel = "QUESTION",
            description = "A question that the agent answers well; repeatable.")
    private List<String> examples = List.of();

    @Option(
            names = "--set",
            paramLabel = "FIELD=VALUE",
            description = {
                "Any other field of the definition; repeatable. For example parameters.temperature=0.3,",
                "timeouts.idle=20, limits.concurrent=10, history_tokens=4000 or way_back.error_rate=0.1."
            })
    private Map<String, String> fields = new LinkedHashMap<>();

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "JSON or YAML file with the definition, which the other options change.")
    private @Nullable Path file;

    @Mixin
    private AgentCallOptions options = new AgentCallOptions();

    @Override
    public Integer call() throws InterruptedException {
        Map<String, Object> definition = definition();
        JsonNode added = options.call(gateway -> gateway.putAgent(name, definition));
        System.out.println(
                options.json() ? added.toString() : "Added " + name + ". Ask it: ./turnlane agents test " + name);
        return 0;
    }

    private Map<String, Object> definition() {
        Map<String, Object> definition = file == null ? new LinkedHashMap<>() : read(file);
        put(definition, "type", type);
        put(definition, "url", url);
        put(definition, "provider", provider);
        put(definition, "model", model);
        put(definition, "key", key());
        put(definition, "system", system);
        put(definition, "description", description);
        put(definition, "sticky", sticky);
        put(definition, "targets", targets.isEmpty() ? null : targetList());
        put(definition, "headers", headers.isEmpty() ? null : headers);
        put(definition, "examples", examples.isEmpty() ? null : examples);
        fields.forEach((path, value) -> set(definition, path, value));
        if (!definition.containsKey("type")) {
            throw new UsageException("The type is missing. Give it with --type, for example --type chat.");
        }
        return definition;
    }

    private List<Map<String, Object>> targetList() {
        return targets.entrySet().stream()
                .map(target -> Map.<String, Object>of("agent", target.getKey(), "weight", target.getValue()))
                .toList();
    }

    private @Nullable String key() {
        if (keyVariable != null && keyFile != null) {
            throw new UsageException("Give the API key with --key-env or with --key-file, not with both.");
        }
        return keyVariable != null ? "${env:" + keyVariable + "}" : keyFile != null ? "${file:" + keyFile + "}" : null;
    }

    private static void put(Map<String, Object> definition, String field, @Nullable Object value) {
        if (value != null) {
            definition.put(field, value);
        }
    }

    @SuppressWarnings("unchecked")
    private static void set(Map<String, Object> definition, String path, String value) {
        int dot = path.indexOf('.');
        if (dot < 0) {
            definition.put(path, JsonOrText.of(value));
            return;
        }
        Object inner = definition.computeIfAbsent(path.substring(0, dot), _ -> new LinkedHashMap<String, Object>());
        if (!(inner instanceof Map<?, ?>)) {
            throw new UsageException(path.substring(0, dot) + " is not an object, so " + path + " cannot be set.");
        }
        set((Map<String, Object>) inner, path.substring(dot + 1), value);
    }

    private static Map<String, Object> read(Path file) {
        try (Reader reader = Files.newBufferedReader(file)) {
            Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(reader);
            if (!(document instanceof Map<?, ?> map)) {
                throw new UsageException(file + " must contain an object.");
            }
            Map<String, Object> definition = new LinkedHashMap<>();
            map.forEach((field, value) -> definition.put(String.valueOf(field), value));
            return definition;
        } catch (YAMLException e) {
            throw new UsageException(file + " is neither JSON nor YAML: " + e.getMessage());
        } catch (IOException e) {
            throw new UsageException("Cannot read " + file + ".");
        }
    }
}
