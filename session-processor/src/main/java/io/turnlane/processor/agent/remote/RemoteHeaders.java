package io.turnlane.processor.agent.remote;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.agent.SecretText;
import io.turnlane.processor.agent.TerminalAgentException;
import io.turnlane.processor.agent.remote.RemoteProtocol.RemoteTurn;
import java.net.http.HttpRequest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Headers of requests to an agent. Secrets are resolved for each request.
 *
 * @param agent name of the agent
 * @param configured headers of the agent's definition
 */
record RemoteHeaders(
        String agent, Map<String, SecretText> configured, Function<SecretText.Reference, Optional<String>> secrets) {

    private static final Pattern TRACEPARENT = Pattern.compile("[0-9a-f-]{55,512}");

    /** @throws TerminalAgentException if a secret is missing, or if a header cannot be sent */
    void addTo(HttpRequest.Builder request, RemoteTurn turn) throws TerminalAgentException {
        for (Map.Entry<String, SecretText> header : configured.entrySet()) {
            add(request, header.getKey(), valueOf(header.getKey(), header.getValue()));
        }
        add(request, "Content-Type", "application/json");
        add(request, "Accept", "text/event-stream, application/json");
        add(request, "User-Agent", "Turnlane");
        add(request, "Idempotency-Key", turn.attemptId());
        String trace = turn.turn().traceparent();
        if (trace != null && TRACEPARENT.matcher(trace).matches()) {
            add(request, "traceparent", trace);
        }
    }

    private String valueOf(String header, SecretText text) throws TerminalAgentException {
        AtomicReference<SecretText.Reference> missing = new AtomicReference<>();
        Optional<String> value = text.resolve(reference -> {
            Optional<String> secret = secrets.apply(reference);
            if (secret.isEmpty()) {
                missing.set(reference);
            }
            return secret;
        });
        return value.orElseThrow(() -> fault("The header " + header + " of the agent \"" + agent + "\" needs "
                + describe(missing.get()) + ", which the processor does not have. Set it and ask again."));
    }

    private static String describe(SecretText.Reference reference) {
        return switch (reference) {
            case SecretText.Reference.Variable(String name) -> "the environment variable " + name;
            case SecretText.Reference.SecretFile(String name) -> "the secret file " + name;
        };
    }

    private void add(HttpRequest.Builder request, String name, String value) throws TerminalAgentException {
        try {
            var _ = request.setHeader(name, value);
        } catch (IllegalArgumentException e) { // its message may contain the value
            throw fault("The header " + name + " of the agent \"" + agent + "\" cannot be sent, because HTTP does not"
                    + " allow its value, or because Turnlane sets this header itself.");
        }
    }

    private static TerminalAgentException fault(String message) {
        return new TerminalAgentException(ErrorCode.AGENT_ERROR, message);
    }
}
