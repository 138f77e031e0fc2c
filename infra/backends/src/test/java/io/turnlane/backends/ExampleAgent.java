package io.turnlane.backends;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;

/** The example of docs/agents.md, compiled as its Maven build compiles it. */
public final class ExampleAgent {

    public static final Path PROJECT = Path.of("../../docs/examples/haiku-agent");
    public static final String PROVIDERS = "META-INF/services/io.turnlane.processor.agent.AgentFactory";

    private static final String TOOLS = "META-INF/services/io.turnlane.processor.agent.tool.ToolMethods";

    private ExampleAgent() {}

    /** Writes the classes and resources of the example to this folder. */
    public static Path compileTo(Path folder) throws IOException {
        Path sources = PROJECT.resolve("src/main");
        int errors = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        folder.toString(),
                        sources.resolve("java/example/HaikuAgent.java").toString(),
                        sources.resolve("java/example/SyllableTools.java").toString());
        assertThat(errors).as("exit code of javac").isZero();
        register(folder, Files.readString(sources.resolve("resources").resolve(PROVIDERS)));
        Files.copy(sources.resolve("resources").resolve(TOOLS), folder.resolve(TOOLS));
        return folder;
    }

    /** Writes the file that names the agents of a folder. */
    public static void register(Path folder, String classes) throws IOException {
        Path file = folder.resolve(PROVIDERS);
        Files.createDirectories(file.getParent());
        Files.writeString(file, classes);
    }
}
