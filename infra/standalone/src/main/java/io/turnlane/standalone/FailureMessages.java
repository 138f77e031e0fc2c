package io.turnlane.standalone;

import io.turnlane.backends.AlreadyRunningException;
import io.turnlane.client.ProblemException;
import io.turnlane.standalone.client.OperatorClient;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a person is told of a failure: one sentence where the cause is known, its innermost cause otherwise. */
final class FailureMessages {

    private FailureMessages() {}

    static String of(Throwable failure) {
        return switch (failure) {
            case AlreadyRunningException running -> message(running) + "; ./turnlane down stops it";
            case CommandFailedException told -> message(told);
            case ProblemException refused -> "Refused: " + message(refused) + remedy(refused);
            case IOException io -> "It failed: " + message(io);
            default -> "It failed: " + rootOf(failure);
        };
    }

    /** Of gateways of which none can be reached. */
    static String unanswered(OperatorClient asked) {
        String where = asked.addresses().stream().map(URI::toString).collect(Collectors.joining(", "));
        return "Turnlane doesn't answer at " + where + ": ./turnlane up, or name another gateway with --url";
    }

    /** What the caller of a command can do about a key that is missing, or isn't enough. */
    private static String remedy(ProblemException refused) {
        if (refused.status() == 401) {
            return ". Put a key that stands into TURNLANE_API_KEY: ./turnlane keys create makes one.";
        }
        boolean scope = refused.status() == 403 && message(refused).contains("scope");
        return scope
                ? ". The key in TURNLANE_API_KEY needs the scopes ask and read for ask, and ops for what operators do."
                : "";
    }

    /** What it says of itself. */
    static String message(Throwable failure) {
        return Objects.requireNonNullElseGet(failure.getMessage(), failure::toString);
    }

    private static Throwable rootOf(Throwable failure) {
        @Nullable Throwable cause = failure.getCause();
        return cause == null ? failure : rootOf(cause);
    }
}
