package io.turnlane.backends;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The rule that picks the backends of tests: containers where Docker answers, else child processes. The variable
 * {@code TURNLANE_TEST_BACKENDS} ({@code containers} or {@code embedded}) decides instead where it is set.
 *
 * @param containers whether containers are used
 * @param reason what was chosen and why, for a person
 */
record TestBackendsChoice(boolean containers, String reason) {

    private static final String VARIABLE = "TURNLANE_TEST_BACKENDS";

    static TestBackendsChoice make() {
        return choose(System.getenv(), socketExists(), TestBackendsChoice::dockerAnswers);
    }

    /** @param dockerAnswers asked last, because asking takes a second or two */
    static TestBackendsChoice choose(
            Map<String, String> environment, boolean dockerSocketExists, BooleanSupplier dockerAnswers) {
        String wish = environment.getOrDefault(VARIABLE, "");
        return switch (wish) {
            case "containers" -> new TestBackendsChoice(true, "containers, as " + VARIABLE + " says");
            case "embedded" -> new TestBackendsChoice(false, "child processes, as " + VARIABLE + " says");
            case "" -> byDocker(environment.containsKey("DOCKER_HOST") || dockerSocketExists, dockerAnswers);
            default -> throw new IllegalArgumentException(VARIABLE + " is neither containers nor embedded: " + wish);
        };
    }

    private static TestBackendsChoice byDocker(boolean dockerMayBeThere, BooleanSupplier dockerAnswers) {
        if (!dockerMayBeThere) {
            return new TestBackendsChoice(false, "child processes (no Docker here)");
        }
        return dockerAnswers.getAsBoolean()
                ? new TestBackendsChoice(true, "containers (Docker answers)")
                : new TestBackendsChoice(
                        false, "child processes (Docker doesn't answer, or Testcontainers isn't on the class path)");
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
