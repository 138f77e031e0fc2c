package io.turnlane.standalone;

import io.turnlane.backends.AlreadyRunningException;
import io.turnlane.client.ProblemException;
import io.turnlane.standalone.client.OperatorClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Messages for failures of commands. A known failure has its own sentence. For any other failure, the message contains
 * the innermost cause.
 */
final class FailureMessages {

    private FailureMessages() {}

    static String of(Throwable failure) {
        return switch (failure) {
            case AlreadyRunningException running -> message(running) + ". To stop it: ./turnlane down";
            case CommandFailedException failed -> message(failed);
            case ProblemException rejected -> "Request rejected: " + message(rejected) + remedy(rejected);
            case IOException io -> "The command failed: " + message(io);
            case UncheckedIOException io -> "The command failed: " + message(Objects.requireNonNull(io.getCause()));
            default -> "The command failed: " + describe(rootOf(failure));
        };
    }

    static String noGateway(OperatorClient client) {
        String addresses = client.addresses().stream().map(URI::toString).collect(Collectors.joining(", "));
        return "No gateway answers at " + addresses
                + ". Start Turnlane: ./turnlane up, or name another gateway with --url";
    }

    /** Returns advice about an unknown agent or an insufficient API key; empty for other problems. */
    private static String remedy(ProblemException rejected) {
        if (rejected.code().equals("unknown_agent")) {
            return ". To list the agents: ./turnlane agents";
        }
        if (rejected.status() == 401) {
            return ". Set TURNLANE_API_KEY to a valid key. To create one: ./turnlane keys create";
        }
        boolean scope = rejected.status() == 403 && message(rejected).contains("scope");
        return scope
                ? ". The key in TURNLANE_API_KEY needs the scopes ask and read for ./turnlane ask,"
                        + " and ops for other commands."
                : "";
    }

    /** Returns the message of the failure, or its type if it has none. */
    static String message(Throwable failure) {
        return Objects.requireNonNullElseGet(failure.getMessage(), failure::toString);
    }

    /** Returns the type and the message of a failure. Omits the type if it adds no information. */
    private static String describe(Throwable root) {
        return root instanceof IllegalStateException ? message(root) : root.toString();
    }

    private static Throwable rootOf(Throwable failure) {
        @Nullable Throwable cause = failure.getCause();
        return cause == null ? failure : rootOf(cause);
    }
}
