package io.turnlane.standalone.options;

import io.turnlane.standalone.run.AgentLibrary;
import io.turnlane.standalone.run.OwnAgents;
import io.turnlane.standalone.terminal.UsageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Option that adds own agents to a processor. */
public final class AgentsOption {

    @Option(
            names = "--agents",
            paramLabel = "PATH",
            description = {
                "Add the agents and tools of a jar, of a folder with jars or classes, or of a Maven project; repeatable.",
                "./turnlane builds a Maven project first. See docs/agents.md."
            })
    private List<Path> paths = new ArrayList<>();

    /**
     * Loads the agents of all given paths.
     *
     * @throws UsageException if a path has no agent or tool, if one of them cannot be loaded, or if two agents have the
     *     same name
     */
    public OwnAgents load() {
        return load(paths);
    }

    /** Returns the given paths. */
    public List<Path> paths() {
        return List.copyOf(paths);
    }

    /**
     * Loads the agents of these paths.
     *
     * @throws UsageException if a path has no agent or tool, if one of them cannot be loaded, or if two agents have the
     *     same name
     */
    public static OwnAgents load(List<Path> paths) {
        try {
            return AgentLibrary.load(paths);
        } catch (IllegalArgumentException wrong) {
            throw new UsageException("--agents: " + wrong.getMessage());
        }
    }

    /** Returns {@code ready}, followed by the names of these agents if there are any. */
    public static String ready(OwnAgents own) {
        return own.agents().stream()
                .map(agent -> agent.description().name())
                .collect(Collectors.collectingAndThen(
                        Collectors.joining(", "),
                        names -> names.isEmpty() ? "ready" : "ready, with your agents: " + names));
    }
}
