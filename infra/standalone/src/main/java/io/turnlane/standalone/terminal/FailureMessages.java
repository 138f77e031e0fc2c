package io.turnlane.standalone.terminal;

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
public final class FailureMessages {

    private static final String SCOPES = ". The key in TURNLANE_API_KEY needs the scopes ask and read for"
            + " ./turnlane ask, read for agents, and ops for status, sessions, requests, quarantine and evacuate.";

    private FailureMessages() {}

    /** Returns the message for a failed command: what happened, and advice if there is any. */
    public static String of(Throwable failure) {
        return switch (failure) {
            case AlreadyRunningException running -> message(running) + ". To stop it: ./turnlane down";
            case CommandFailedException failed -> message(failed);
            case ProblemException rejected -> "Request rejected: " + explain(rejected);
            case IOException io -> "The command failed: " + message(io);
            case UncheckedIOException io -> "The command failed: " + message(Objects.requireNonNull(io.getCause()));
            default -> "The command failed: " + describe(rootOf(failure));
        };
    }

    /** Returns the message for a call that no gateway answered. */
    public static String noGateway(OperatorClient client) {
        String addresses = client.addresses().stream().map(URI::toString).collect(Collectors.joining(", "));
        return "No gateway answers at " + addresses
                + ". Start Turnlane: ./turnlane up, or name another gateway with --gateway";
    }

    /**
     * Returns the reason and advice. The gateway's own text about an unknown agent or about credentials is advice for
     * users of the HTTP API. This method replaces it by advice for users of the commands.
     */
    private static String explain(ProblemException rejected) {
        String code = "(" + rejected.status() + " " + rejected.code() + ")";
        return switch (rejected.code()) {
            case "unknown_agent" ->
                "no processor offers this agent " + code + ". To list the agents: ./turnlane agents";
            case "unauthorized" ->
                "no valid API key or token was sent " + code
                        + ". Set TURNLANE_API_KEY to a valid key. To create one: ./turnlane keys create";
            case "forbidden" -> message(rejected) + (message(rejected).contains("scope") ? SCOPES : "");
            default -> message(rejected);
        };
    }

    /** Returns the message of the failure, or its type if it has none. */
    public static String message(Throwable failure) {
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
