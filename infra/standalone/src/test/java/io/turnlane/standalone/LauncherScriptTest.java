package io.turnlane.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the {@code turnlane} script: single functions after sourcing it, and exit codes of whole runs. */
class LauncherScriptTest {

    private static final Path SCRIPT =
            Path.of("../../turnlane").toAbsolutePath().normalize();

    @TempDir
    Path temp;

    private Path script;

    @BeforeEach
    void copyTheScript() throws IOException {
        script = Files.copy(SCRIPT, temp.resolve("turnlane"));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private record ScriptResult(int exitCode, String printed) {}

    private ScriptResult run(Map<String, String> environment, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("JAVA_HOME");
        builder.environment().remove("TURNLANE_URL");
        builder.environment().remove("TURNLANE_DATA");
        builder.environment().putAll(environment);
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new ScriptResult(process.waitFor(), printed.strip());
    }

    private ScriptResult call(Map<String, String> environment, String function) throws Exception {
        return run(environment, "bash", "-c", "source '" + script + "'; " + function);
    }

    @Test
    void makesTheFilesOfACommandPrivate() throws Exception {
        Path home = jdk("jdk", "25.0.1");
        Files.writeString(home.resolve("bin/java"), "#!/bin/sh\ntouch \"$TURNLANE_HOME/log\"\n");
        Path lib = Files.createDirectories(temp.resolve("infra/standalone/target/turnlane/lib-1"));
        Files.writeString(lib.resolve("turnlane.jar"), "");
        Files.writeString(lib.resolveSibling("built"), "lib-1\n");
        ScriptResult status =
                run(Map.of("JAVA_HOME", home.toString()), "bash", "-c", "umask 022; '" + script + "' status");
        assertThat(status.exitCode()).as(status.printed()).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve("log"))))
                .isEqualTo("rw-------");
    }

    private Path jdk(String folder, String version) throws IOException {
        Path bin = Files.createDirectories(temp.resolve(folder).resolve("bin"));
        for (String name : new String[] {"java", "javac"}) {
            Files.writeString(bin.resolve(name), "#!/bin/sh\n");
            Files.setPosixFilePermissions(bin.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.writeString(bin.resolveSibling("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return bin.getParent();
    }

    @Test
    void findsAJdk25IfTheDefaultJavaIsOlder() throws Exception {
        Path old = jdk("old", "17.0.15");
        Path link = Files.createSymbolicLink(
                Files.createDirectories(temp.resolve("links")).resolve("java"), old.resolve("bin/java"));
        Path wanted = jdk("home/.jdks/temurin-25", "25.0.3");
        ScriptResult found = call(
                Map.of(
                        "PATH",
                        link.getParent() + ":/usr/bin:/bin",
                        "HOME",
                        temp.resolve("home").toString()),
                "find_jdk");
        assertThat(found).isEqualTo(new ScriptResult(0, wanted.toString()));
    }

    @Test
    void prefersJavaHomeAndThenThePath() throws Exception {
        Path home = jdk("of-java-home", "25");
        Path path = jdk("of-path", "26.0.1");
        Map<String, String> onPath = Map.of("PATH", path.resolve("bin") + ":/usr/bin:/bin");
        assertThat(call(onPath, "find_jdk").printed()).isEqualTo(path.toString());
        assertThat(call(onPath, "JAVA_HOME=" + home + "; find_jdk").printed()).isEqualTo(home.toString());
    }

    @Test
    void namesWhatToInstallIfThereIsNoJdk() throws Exception {
        Path runtimeOnly = jdk("jre", "25");
        Files.delete(runtimeOnly.resolve("bin/javac"));
        ScriptResult none = call(
                Map.of(), "jdk_folders() { echo " + jdk("old", "21.0.1") + "; echo " + runtimeOnly + "; }; use_jdk");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.printed().lines()).hasSize(1);
        assertThat(none.printed())
                .contains("JDK 25")
                .contains("apt-get install")
                .contains("JAVA_HOME");
    }

    @Test
    void listsEveryCommandInItsHelp() throws Exception {
        ScriptResult help = run(Map.of(), script.toString(), "--help");
        assertThat(help.exitCode()).isZero();
        Turnlane.commandLine().getSubcommands().forEach((name, command) -> {
            if (!command.getCommandSpec().usageMessage().hidden()) {
                assertThat(help.printed()).containsPattern("(?m)^  " + name + "\\b");
            }
        });
    }

    @Test
    void exitsWith2OnWrongUsage() throws Exception {
        assertThat(run(Map.of(), script.toString(), "fly").exitCode()).isEqualTo(2);
        assertThat(run(Map.of(), script.toString(), "fly").printed()).contains("Unknown command: 'fly'.");
        assertThat(run(Map.of(), script.toString()).exitCode()).isEqualTo(2);
    }

    @Test
    void explainsHowToStartIfNothingIsBuilt() throws Exception {
        ScriptResult asked =
                run(Map.of("JAVA_HOME", System.getProperty("java.home")), script.toString(), "ask", "why?");
        String data = temp.toRealPath() + "/data";
        assertThat(asked)
                .isEqualTo(new ScriptResult(
                        1, "Turnlane is not running on the data folder " + data + ". Start it with ./turnlane up"));
        ScriptResult down = run(Map.of("JAVA_HOME", System.getProperty("java.home")), script.toString(), "down");
        assertThat(down).isEqualTo(new ScriptResult(0, "Turnlane is not running on the data folder " + data + "."));
        assertThat(call(Map.of("TURNLANE_DATA", "/other"), "data_folder down").printed())
                .isEqualTo("/other");
        assertThat(call(Map.of(), "data_folder down --data=/given").printed()).isEqualTo("/given");
        assertThat(call(Map.of(), "cd / && data_folder down --data given").printed())
                .endsWith("/given");
        ScriptResult help = run(Map.of(), script.toString(), "replay", "--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.printed())
                .endsWith("After the first ./turnlane up, ./turnlane replay --help describes the command.");
    }

    @Test
    void buildsOnlyIfSourcesChanged() throws Exception {
        Path source =
                Files.createDirectories(temp.resolve("part/src/main/java")).resolve("A.java");
        Path other = source.resolveSibling("B.java");
        Files.writeString(temp.resolve("pom.xml"), "");
        Files.writeString(temp.resolve("part/pom.xml"), "");
        Files.writeString(source, "");
        Files.writeString(other, "");
        assertThat(needsBuild()).isTrue();

        Path out = Files.createDirectories(temp.resolve("infra/standalone/target/turnlane/lib-1"));
        Files.writeString(out.resolve("turnlane.jar"), "");
        Path stamp = Files.writeString(out.resolveSibling("built"), "lib-1\n");
        Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(needsBuild()).isFalse();

        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(10)));
        assertThat(needsBuild()).isTrue();
        Files.setLastModifiedTime(source, FileTime.from(Instant.now()));
        assertThat(needsBuild()).isFalse();

        Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().minusSeconds(1)));
        for (Path old : new Path[] {
            source,
            source.getParent(),
            source.getParent().getParent(),
            temp.resolve("pom.xml"),
            temp.resolve("part/pom.xml")
        }) {
            Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(60)));
        }
        Files.delete(other);
        assertThat(needsBuild()).as("after a source was deleted").isTrue();

        Files.delete(out.resolve("turnlane.jar"));
        assertThat(needsBuild()).isTrue();
    }

    private boolean needsBuild() throws Exception {
        return call(Map.of(), "if needs_build; then echo yes; else echo no; fi")
                .printed()
                .equals("yes");
    }

    /** A fake Maven prints its arguments. */
    private static final String FAKE_MAVEN = "maven() { echo \"maven $*\" >> '%s'; }; ";

    @Test
    void buildsTheMavenProjectsAmongTheAgents() throws Exception {
        Path project = Files.createDirectories(temp.resolve("my agent"));
        Files.writeString(project.resolve("pom.xml"), "");
        Path jars = Files.createDirectories(temp.resolve("infra/standalone/target/turnlane/lib-1"));
        Files.writeString(jars.resolveSibling("built"), "lib-1\n");
        Files.writeString(jars.resolve("shared-model-1.jar"), "");
        Files.writeString(jars.resolve("log-1.jar"), "");
        Files.writeString(jars.resolve("trace-1.jar"), "");
        Files.writeString(jars.resolve("store-1.jar"), "");
        Files.writeString(jars.resolve("session-processor-1.jar"), "");
        Path calls = temp.resolve("calls");
        String arguments = " --port 1 --agents '" + project + "' --agents=" + jars + "/any.jar";

        ScriptResult built = call(Map.of(), FAKE_MAVEN.formatted(calls) + "build_agents" + arguments);
        assertThat(built)
                .isEqualTo(new ScriptResult(0, "Building the agents of " + project + ". Log: target/agents.log"));
        String home = temp.toRealPath().toString();
        assertThat(Files.readAllLines(calls))
                .satisfiesExactly(
                        parent -> assertThat(parent).contains("install:install-file", "-Dfile=" + home + "/pom.xml"),
                        model -> assertThat(model).contains("install:install-file", "lib-1/shared-model-1.jar"),
                        log -> assertThat(log).contains("install:install-file", "lib-1/log-1.jar"),
                        trace -> assertThat(trace).contains("install:install-file", "lib-1/trace-1.jar"),
                        store -> assertThat(store)
                                .contains(
                                        "install:install-file",
                                        "lib-1/store-1.jar",
                                        "-DpomFile=" + home + "/infra/store/pom.xml"),
                        api -> assertThat(api).contains("install:install-file", "lib-1/session-processor-1.jar"),
                        agent -> assertThat(agent)
                                .isEqualTo("maven -f " + home + "/my agent/pom.xml package dependency:copy-dependencies"
                                        + " -DincludeScope=runtime"));

        Files.delete(calls);
        call(Map.of(), FAKE_MAVEN.formatted(calls) + "build_agents --agents='" + project + "'");
        assertThat(Files.readAllLines(calls)).as("installs once for each build").hasSize(1);
        call(Map.of(), FAKE_MAVEN.formatted(calls) + "build_agents --port 1 --agents " + jars);
        assertThat(Files.readAllLines(calls)).as("builds only Maven projects").hasSize(1);
    }

    @Test
    void printsTheErrorsOfAnAgentsBuild() throws Exception {
        Files.writeString(temp.resolve("pom.xml"), "");
        ScriptResult failed = call(Map.of(), """
                install_api() { :; }
                maven() { echo '[INFO] compiling'; echo '[ERROR] HaikuAgent.java:[3,1] cannot find symbol'; return 1; }
                build_agents --agents '%s'
                """.formatted(temp));
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.printed())
                .contains("[ERROR] HaikuAgent.java:[3,1] cannot find symbol")
                .endsWith("could not be built. See target/agents.log")
                .doesNotContain("[INFO]");
    }

    @Test
    void addsUpTheReports() throws Exception {
        report(
                "a",
                "<testsuite xmlns:xsi=\"x\" version=\"3.0\" name=\"A\" time=\"0.1\" tests=\"5\" errors=\"1\" skipped=\"1\" failures=\"1\">");
        report("infra/b", "<testsuite name=\"B\" tests=\"2\" errors=\"0\" skipped=\"0\" failures=\"0\">");
        assertThat(call(Map.of(), "print_counts")).isEqualTo(new ScriptResult(0, "4 passed, 2 failed, 1 skipped"));
    }

    /** Modules that are tested in parallel mix their output. */
    @Test
    void namesTheTestsThatFailed() throws Exception {
        report("a", """
                <testsuite name="A" tests="3" errors="1" skipped="0" failures="1">
                  <testcase name="goesRight" classname="io.A" time="0.1"/>
                  <testcase name="goesWrong" classname="io.A" time="0.1">
                    <failure message="no">at io.A</failure>
                  </testcase>
                  <testcase name="breaks" classname="io.A" time="0.1">
                    <error type="java.io.IOException">at io.A</error>""");
        report("infra/b", "<testsuite name=\"B\" tests=\"2\" errors=\"0\" skipped=\"0\" failures=\"0\">");
        assertThat(call(Map.of(), "print_failed").printed()).isEqualTo("failed: io.A.breaks\nfailed: io.A.goesWrong");
    }

    @Test
    void failsIfThereAreNoTests() throws Exception {
        assertThat(call(Map.of(), "print_counts")).isEqualTo(new ScriptResult(1, "0 passed, 0 failed, 0 skipped"));
    }

    @Test
    void printsTheTotalsOfAFailedRun() throws Exception {
        ScriptResult run = call(Map.of(), """
                install_chromium() { :; }
                maven() { mkdir -p "$TURNLANE_HOME/a/target/surefire-reports"
                  echo '<testsuite name="A" tests="3" errors="0" skipped="0" failures="1">' > "$TURNLANE_HOME/a/target/surefire-reports/TEST-A.xml"
                  return 1; }
                run_tests
                """);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.printed()).endsWith("2 passed, 1 failed, 0 skipped");
    }

    private void report(String module, String root) throws IOException {
        Path folder = Files.createDirectories(temp.resolve(module).resolve("target/surefire-reports"));
        Files.writeString(
                folder.resolve("TEST-x.xml"), "<?xml version=\"1.0\"?>\n" + root + "\n<properties/>\n</testsuite>\n");
    }
}
