package io.turnlane.processor.agent.configured;

import io.turnlane.model.agent.AgentDefinition;
import io.turnlane.model.agent.InvalidFieldException;
import io.turnlane.processor.agent.AgentFactory;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** YAML file with definitions of agents, by name below {@code agents:}. */
public final class AgentDefinitionFile {

    private final Path path;

    public AgentDefinitionFile(Path path) {
        this.path = path;
    }

    /**
     * Reads all definitions and creates the factories of their agents.
     *
     * @param builder creates the factory for a definition
     * @throws IllegalStateException if the file cannot be read, a definition is invalid, or the builder rejects it; the
     *     message names the agent and the field
     */
    public List<AgentFactory> factories(Function<AgentDefinition, AgentFactory> builder) {
        return each(builder);
    }

    /**
     * Reads all definitions.
     *
     * @throws IllegalStateException if the file cannot be read or a definition is invalid; the message names the agent
     *     and the field
     */
    public List<AgentDefinition> definitions() {
        return each(Function.identity());
    }

    private <T> List<T> each(Function<AgentDefinition, T> form) {
        List<T> all = new ArrayList<>();
        for (Map.Entry<?, ?> agent : agents().entrySet()) {
            String name = String.valueOf(agent.getKey());
            if (!(agent.getValue() instanceof Map<?, ?> fields)) {
                throw new IllegalStateException("In " + path + ", agent " + name + " must have fields.");
            }
            try {
                all.add(form.apply(AgentDefinition.read(name, withTextNames(fields))));
            } catch (InvalidFieldException | IllegalArgumentException | IllegalStateException e) {
                throw new IllegalStateException("In " + path + ", agent " + name + ": " + sentence(e), e);
            }
        }
        return all;
    }

    private static String sentence(Exception e) {
        String message = String.valueOf(e.getMessage());
        return message.endsWith(".") ? message : message + ".";
    }

    private Map<?, ?> agents() {
        try (Reader reader = Files.newBufferedReader(path)) {
            Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(reader);
            if (document instanceof Map<?, ?> root
                    && root.size() == 1
                    && root.get("agents") instanceof Map<?, ?> agents) {
                return agents;
            }
            throw new IllegalStateException(path + " must have one field, agents, with an object for each agent.");
        } catch (YAMLException e) {
            throw new IllegalStateException(path + " is not a valid YAML file: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IllegalStateException("The file of agents cannot be read: " + path, e);
        }
    }

    private static Map<String, Object> withTextNames(Map<?, ?> fields) {
        Map<String, Object> named = new LinkedHashMap<>();
        fields.forEach((name, value) -> named.put(String.valueOf(name), value));
        return named;
    }
}
