package io.turnlane.backends;

import java.util.List;
import java.util.stream.Stream;

/**
 * Arguments that make a command start in its own session (POSIX {@code setsid}), so that Ctrl-C and a hang-up of the
 * terminal do not reach it. The command creates private files, because its {@code umask} is 077. It keeps the pid of
 * the started process.
 */
final class ProcessSession {

    /** Commands that start a session: the first exists on Linux, the second on macOS. */
    private static final List<List<String>> COMMANDS =
            List.of(List.of("setsid"), List.of("perl", "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV or die $!", "--"));

    private static final List<String> PRIVATE = List.of("/bin/sh", "-c", "umask 077; exec \"$@\"", "sh");

    private ProcessSession() {}

    /**
     * Returns the arguments to put before a command. If the machine has neither {@code setsid} nor Perl, Ctrl-C also
     * reaches the command.
     */
    static List<String> prefix() {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        List<String> session = COMMANDS.stream()
                .filter(command ->
                        RedisExecutable.onPath(path, command.getFirst()).isPresent())
                .findFirst()
                .orElse(List.of());
        return Stream.concat(PRIVATE.stream(), session.stream()).toList();
    }
}
