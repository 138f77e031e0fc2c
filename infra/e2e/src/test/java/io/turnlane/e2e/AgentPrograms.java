package io.turnlane.e2e;

import io.turnlane.doubles.Behaviour;
import io.turnlane.doubles.HttpDouble;
import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.model.agent.InvalidFieldException;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.remote.RemoteAgentFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Agents of other languages and frameworks, which tests start as programs, and their definitions. */
final class AgentPrograms {

    private static final Path EXAMPLES = Path.of("../../docs/examples/agents").toAbsolutePath();
    private static final Path STOCK = Path.of("src", "test", "agents");
    private static final Map<String, Map<String, Object>> DEFINITIONS = Map.of(
            "python", Map.of("type", "ag-ui"),
            "javascript", Map.of("type", "responses"),
            "tanstack", Map.of("type", "ag-ui"),
            "mastra", Map.of("type", "responses", "parameters", Map.of("agent_id", "support")));

    private AgentPrograms() {}

    /** Starts the examples of the documentation whose interpreters are installed. */
    static Map<String, AgentProgram> examples() throws IOException {
        Map<String, AgentProgram> programs = new LinkedHashMap<>();
        programs.put("javascript", example(Programs.node(), "agent.mjs"));
        if (Programs.isInstalled("python3")) {
            programs.put("python", example("python3", "agent.py"));
        }
        return programs;
    }

    private static AgentProgram example(String interpreter, String file) throws IOException {
        return AgentProgram.start(
                new ProcessBuilder(interpreter, EXAMPLES.resolve(file).toString(), "0"));
    }

    /** Starts the agents of known frameworks that npm can install. */
    static Map<String, AgentProgram> stock(HttpDouble model) throws IOException, InterruptedException {
        Map<String, AgentProgram> programs = new LinkedHashMap<>();
        for (String framework : List.of("tanstack", "mastra")) {
            Optional<Path> folder = Programs.npmProject(STOCK.resolve(framework));
            if (folder.isPresent()) {
                ProcessBuilder command = new ProcessBuilder(Programs.node(), "agent.mjs")
                        .directory(folder.get().toFile());
                command.environment().put("MODEL_URL", model.url("/v1").toString());
                programs.put(framework, AgentProgram.start(command));
            }
        }
        return programs;
    }

    /** Returns new factories of agents for a processor, which closes its factories when it stops. */
    static List<AgentFactory> factories(Map<String, AgentProgram> programs) throws InvalidFieldException {
        List<AgentFactory> factories = new ArrayList<>();
        for (Map.Entry<String, AgentProgram> program : programs.entrySet()) {
            Map<String, Object> fields =
                    definition(program.getKey(), program.getValue().url("/"));
            factories.add(new RemoteAgentFactory(
                    AgentDefinition.read(program.getKey(), fields), _ -> Optional.empty(), "USD"));
        }
        return factories;
    }

    /**
     * Returns the fields of an agent's definition.
     *
     * @param address address of the agent, or of a proxy before it
     */
    static Map<String, Object> definition(String agent, URI address) {
        Map<String, Object> fields = new LinkedHashMap<>(DEFINITIONS.get(agent));
        fields.put(
                "url",
                address.resolve(agent.equals("mastra") ? "/api/v1/responses" : "/")
                        .toString());
        return fields;
    }

    /** Returns a model that sends a number of words, ten in a second. */
    static Behaviour words(int words) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < words; i++) {
            events.add(chunk("{\"role\":\"assistant\",\"content\":\"word " + i + ". \"}", "null"));
        }
        events.add(chunk("{}", "\"stop\""));
        events.add("{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[],"
                + "\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":5,\"total_tokens\":17}}");
        events.add("[DONE]");
        return Behaviour.slowEvents(events, Duration.ofMillis(100));
    }

    private static String chunk(String delta, String finishReason) {
        return "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                + "\"delta\":" + delta + ",\"finish_reason\":" + finishReason + "}]}";
    }

    /** Returns the answer of a model that sends this number of {@linkplain #words words}. */
    static String text(int words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append("word ").append(i).append(". ");
        }
        return text.toString();
    }
}
