package io.turnlane.backends;

import java.util.List;

/**
 * Starts a command in a session of its own (POSIX {@code setsid}), so that a terminal's Ctrl-C and hang-up don't reach
 * it. The command keeps the pid that the start returned.
 */
final class ProcessSession {

    /** Linux has the one, macOS the other. */
    private static final List<List<String>> WAYS =
            List.of(List.of("setsid"), List.of("perl", "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV or die $!", "--"));

    private ProcessSession() {}

    /** What to put before the command; nothing where the system has no way, then Ctrl-C reaches children at once. */
    static List<String> prefix() {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        return WAYS.stream()
                .filter(way -> RedisExecutable.onPath(path, way.getFirst()).isPresent())
                .findFirst()
                .orElse(List.of());
    }
}
