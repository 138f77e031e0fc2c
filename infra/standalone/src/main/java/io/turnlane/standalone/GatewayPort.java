package io.turnlane.standalone;

import io.turnlane.backends.FreePort;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Where a gateway listens. */
final class GatewayPort {

    static final int DEFAULT = 8080;
    private static final int TRIED = 100;

    private GatewayPort() {}

    /**
     * The port that was asked for, or else the first free one from 8080 on.
     *
     * @param wished 0: none
     */
    static int choose(int wished) {
        return choose(wished, FreePort::isFree);
    }

    static int choose(int wished, IntPredicate free) {
        if (wished == 0) {
            return IntStream.range(DEFAULT, DEFAULT + TRIED)
                    .filter(free)
                    .findFirst()
                    .orElseThrow(() ->
                            new CommandFailedException("None of the ports %d to %d is free; choose one with --port."
                                    .formatted(DEFAULT, DEFAULT + TRIED - 1)));
        }
        if (!free.test(wished)) {
            throw new CommandFailedException("Port " + wished + " is taken; leave --port out for the next free one.");
        }
        return wished;
    }
}
