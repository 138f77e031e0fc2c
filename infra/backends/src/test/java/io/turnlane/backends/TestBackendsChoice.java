package io.turnlane.backends;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Choice of the backends of tests: containers if Docker is available, otherwise child processes. The environment
 * variable {@code TURNLANE_TEST_BACKENDS} ({@code containers} or {@code embedded}) overrides the rule.
 *
 * @param containers true if containers are used
 * @param reason the choice and its reason, for display
 */
record TestBackendsChoice(boolean containers, String reason) {

    private static final String VARIABLE = "TURNLANE_TEST_BACKENDS";

    static TestBackendsChoice make() {
        return choose(System.getenv(), socketExists(), TestBackendsChoice::dockerAnswers);
    }

    /** @param dockerAnswers called last, because it takes a second or two */
    static TestBackendsChoice choose(
            Map<String, String> environment, boolean dockerSocketExists, BooleanSupplier dockerAnswers) {
        String requested = environment.getOrDefault(VARIABLE, "");
        return switch (requested) {
            case "containers" -> new TestBackendsChoice(true, "containers (set by " + VARIABLE + ")");
            case "embedded" -> new TestBackendsChoice(false, "child processes (set by " + VARIABLE + ")");
            case "" -> byDocker(environment.containsKey("DOCKER_HOST") || dockerSocketExists, dockerAnswers);
            default ->
                throw new IllegalArgumentException(VARIABLE + " must be containers or embedded, but is: " + requested);
        };
    }

    private static TestBackendsChoice byDocker(boolean dockerMayExist, BooleanSupplier dockerAnswers) {
        if (!dockerMayExist) {
            return new TestBackendsChoice(false, "child processes (no Docker found)");
        }
        return dockerAnswers.getAsBoolean()
                ? new TestBackendsChoice(true, "containers (Docker is available)")
                : new TestBackendsChoice(
                        false, "child processes (Docker does not answer, or Testcontainers is not on the class path)");
    }

    private static boolean socketExists() {
        String home = System.getProperty("user.home");
        String runtime = System.getenv().getOrDefault("XDG_RUNTIME_DIR", home);
        return Stream.of(
                        Path.of("/var/run/docker.sock"),
                        Path.of(runtime, "docker.sock"),
                        Path.of(home, ".docker/run/docker.sock"),
                        Path.of(home, ".docker/desktop/docker.sock"))
                .anyMatch(Files::exists);
    }

    private static boolean dockerAnswers() {
        try {
            return DockerTestBackends.dockerAnswers();
        } catch (NoClassDefFoundError _) {
            return false;
        }
    }
}
