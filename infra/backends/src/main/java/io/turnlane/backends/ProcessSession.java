package io.turnlane.backends;

import java.util.List;

/**
 * Starts a command in its own session (POSIX {@code setsid}), so that Ctrl-C and a hang-up of the terminal don't reach
 * it. The command has the pid of the started process.
 */
final class ProcessSession {

    /** Commands that start a session: the first exists on Linux, the second on macOS. */
    private static final List<List<String>> COMMANDS =
            List.of(List.of("setsid"), List.of("perl", "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV or die $!", "--"));

    private ProcessSession() {}

    /**
     * Returns the arguments to put before a command. If no suitable command exists, returns an empty list, and Ctrl-C
     * then also reaches the command.
     */
    static List<String> prefix() {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        return COMMANDS.stream()
                .filter(command ->
                        RedisExecutable.onPath(path, command.getFirst()).isPresent())
                .findFirst()
                .orElse(List.of());
    }
}
