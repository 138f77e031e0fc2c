package io.turnlane.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.backends.ExampleAgent;
import io.turnlane.model.AgentDescription;
import io.turnlane.processor.agent.Agent;
import io.turnlane.processor.agent.AgentFactory;
import io.turnlane.processor.agent.AnswerSink;
import io.turnlane.processor.agent.tool.ToolLimits;
import io.turnlane.processor.agent.tool.Toolbox;
import io.turnlane.standalone.options.AgentsOption;
import io.turnlane.standalone.run.AgentLibrary;
import io.turnlane.standalone.run.OwnAgents;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Own agents are loaded from jars, folders and Maven projects; a path without an agent is a usage error. */
class AgentsOptionTest {

    @TempDir
    Path temp;

    private static String namesIn(Path... paths) {
        String[] arguments = new String[paths.length * 2];
        for (int i = 0; i < paths.length; i++) {
            arguments[2 * i] = "--agents";
            arguments[2 * i + 1] = paths[i].toString();
        }
        AgentsOption option = new AgentsOption();
        CommandLine.populateCommand(option, arguments);
        return AgentsOption.ready(option.load());
    }

    /** Runs a command that must reject this path before it starts anything, and returns its first line. */
    private String rejected(String command, Path path) {
        StringWriter printed = new StringWriter();
        CommandLine turnlane = Turnlane.commandLine().setErr(new PrintWriter(printed));
        int exit = turnlane.execute(
                command,
                "--agents",
                path.toString(),
                "--data",
                temp.resolve("data").toString());
        assertThat(exit).as(printed.toString()).isEqualTo(2);
        assertThat(temp.resolve("data")).doesNotExist();
        return printed.toString().lines().findFirst().orElseThrow();
    }

    private Path jar(Path file, Path classes) throws IOException {
        Files.createDirectories(file.getParent());
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out);
                var files = Files.walk(classes)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(new JarEntry(classes.relativize(each).toString()));
                Files.copy(each, jar);
            }
        }
        return file;
    }

    @Test
    void loadsTheAgentsOfAJarAFolderAndAMavenProject() throws Exception {
        Path classes = ExampleAgent.compileTo(Files.createDirectories(temp.resolve("project/target/classes")));
        assertThat(namesIn(classes)).isEqualTo("ready, with your agents: haiku");
        assertThat(namesIn(jar(temp.resolve("haiku.jar"), classes))).isEqualTo("ready, with your agents: haiku");
        jar(temp.resolve("jars/any-name.jar"), classes);
        assertThat(namesIn(temp.resolve("jars"))).isEqualTo("ready, with your agents: haiku");
        Files.writeString(temp.resolve("project/pom.xml"), "<project/>");
        assertThat(namesIn(temp.resolve("project"))).isEqualTo("ready, with your agents: haiku");
        assertThat(namesIn()).isEqualTo("ready");
    }

    @Test
    void loadsTheToolsOfAProjectWithAndWithoutAgents() throws Exception {
        Path classes = ExampleAgent.compileTo(Files.createDirectories(temp.resolve("classes")));
        OwnAgents own = AgentLibrary.load(List.of(classes));
        assertThat(own.agents()).hasSize(1);
        assertThat(own.tools()).hasSize(1);
        AnswerSink sink = (AnswerSink) Proxy.newProxyInstance(
                AnswerSink.class.getClassLoader(), new Class<?>[] {AnswerSink.class}, (_, _, _) -> null);
        assertThat(new Toolbox(own.tools(), ToolLimits.DEFAULT)
                        .allow(List.of("syllables"))
                        .call("syllables", "{\"text\": \"An old silent pond\"}", sink)
                        .text())
                .isEqualTo("5");

        Files.delete(classes.resolve(ExampleAgent.PROVIDERS));
        assertThat(AgentLibrary.load(List.of(classes)).agents()).isEmpty();
        assertThat(AgentLibrary.load(List.of(classes)).tools()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"up", "processor"})
    void rejectsAPathWithoutAnAgent(String command) throws Exception {
        assertThat(rejected(command, temp.resolve("nowhere")))
                .isEqualTo("--agents: there is no file or folder " + temp.resolve("nowhere") + ".");
        Path text = Files.writeString(temp.resolve("text.jar"), "no jar");
        assertThat(rejected(command, text)).isEqualTo("--agents: " + text + " is not a jar file.");
        Path empty = Files.createDirectories(temp.resolve("empty"));
        assertThat(rejected(command, empty))
                .isEqualTo("--agents: " + empty + " has no agent. It needs the file " + ExampleAgent.PROVIDERS
                        + " with the name of its AgentFactory class.");
        Files.writeString(empty.resolve("pom.xml"), "<project/>");
        assertThat(rejected(command, empty)).contains("is not built. Run: mvn package");
    }

    @Test
    void namesTheReasonIfAnAgentCannotBeLoaded() throws Exception {
        Path folder = Files.createDirectories(temp.resolve("folder"));
        ExampleAgent.register(folder, "example.Missing");
        assertThat(rejected("up", folder)).contains("cannot be loaded", "example.Missing not found");
        ExampleAgent.register(folder, AgentsOption.class.getName());
        assertThat(rejected("up", folder)).contains("cannot be loaded", "AgentsOption not a subtype");
    }

    @Test
    void namesTheReasonIfAnAgentThrows() throws Exception {
        Path folder = Files.createDirectories(temp.resolve("folder"));
        ExampleAgent.register(folder, BrokenAgent.class.getName());
        assertThat(rejected("up", folder)).contains("cannot be loaded", "MODEL_KEY is not set");
    }

    /** Agent that cannot start. */
    public static final class BrokenAgent implements AgentFactory {

        public BrokenAgent() {
            throw new IllegalStateException("MODEL_KEY is not set");
        }

        @Override
        public AgentDescription description() {
            throw new AssertionError();
        }

        @Override
        public Agent create() {
            throw new AssertionError();
        }
    }

    @Test
    void rejectsTwoAgentsWithTheSameName() throws Exception {
        Path one = ExampleAgent.compileTo(Files.createDirectories(temp.resolve("one")));
        Path jar = jar(temp.resolve("two.jar"), one);
        StringWriter printed = new StringWriter();
        int exit = Turnlane.commandLine()
                .setErr(new PrintWriter(printed))
                .execute("up", "--agents", one.toString(), "--agents", jar.toString());
        assertThat(exit).isEqualTo(2);
        assertThat(printed.toString()).startsWith("--agents: two agents have the name haiku. Rename one of them.");
    }
}
