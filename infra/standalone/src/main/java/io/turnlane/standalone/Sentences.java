package io.turnlane.standalone;

import io.turnlane.backends.AlreadyRunningException;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a person is told of a failure: one sentence where the cause is known, its innermost cause otherwise. */
final class Sentences {

    private Sentences() {}

    static String of(Throwable failure) {
        return switch (failure) {
            case AlreadyRunningException running -> message(running) + "; ./turnlane down stops it";
            case CommandFailedException told -> message(told);
            case IOException io -> "It failed: " + message(io);
            default -> "It failed: " + rootOf(failure);
        };
    }

    private static String message(Throwable failure) {
        return Objects.requireNonNullElseGet(failure.getMessage(), failure::toString);
    }

    private static Throwable rootOf(Throwable failure) {
        @Nullable Throwable cause = failure.getCause();
        return cause == null ? failure : rootOf(cause);
    }
}
