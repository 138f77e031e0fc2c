package io.turnlane.standalone;

import io.turnlane.backends.FreePort;
import io.turnlane.standalone.terminal.CommandFailedException;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Chooses the port of a gateway. */
final class GatewayPort {

    static final int DEFAULT = 8080;
    private static final int CANDIDATES = 100;

    private GatewayPort() {}

    /**
     * Returns the requested port, or the first free port from 8080 on.
     *
     * @param requested requested port; 0 if no port is requested
     * @throws CommandFailedException if the requested port is in use, or if no port is free
     */
    static int choose(int requested) {
        return choose(requested, FreePort::isFree);
    }

    static int choose(int requested, IntPredicate free) {
        if (requested == 0) {
            return IntStream.range(DEFAULT, DEFAULT + CANDIDATES)
                    .filter(free)
                    .findFirst()
                    .orElseThrow(() ->
                            new CommandFailedException("The ports %d to %d are all taken. Choose another with --port."
                                    .formatted(DEFAULT, DEFAULT + CANDIDATES - 1)));
        }
        if (!free.test(requested)) {
            throw new CommandFailedException(
                    "Port " + requested + " is taken. Choose another, or omit --port to use the next free port.");
        }
        return requested;
    }
}
