package io.turnlane.processor.agent.chat;

import io.turnlane.model.ErrorCode;
import io.turnlane.model.agent.SecretText;
import io.turnlane.model.agent.SecretText.Reference;
import io.turnlane.processor.agent.TerminalAgentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Looks up API keys for each call, so that a changed key is used at once. Thread-safe if its function is. */
final class ApiKeys {

    private final Function<Reference, Optional<String>> secrets;

    ApiKeys(Function<Reference, Optional<String>> secrets) {
        this.secrets = secrets;
    }

    /**
     * Returns the API key.
     *
     * @throws TerminalAgentException if the processor does not have the secret, or if it cannot be part of a header
     */
    String resolve(SecretText template) throws TerminalAgentException {
        List<Reference> missing = new ArrayList<>();
        Optional<String> key = template.resolve(reference -> {
            Optional<String> secret =
                    secrets.apply(reference).map(String::strip).filter(ApiKeys::isUsable);
            if (secret.isEmpty()) {
                missing.add(reference);
            }
            return secret;
        });
        if (key.isEmpty()) {
            throw missing(missing.getFirst());
        }
        return key.get();
    }

    private static boolean isUsable(String secret) {
        return !secret.isEmpty() && secret.chars().allMatch(c -> c > ' ' && c < 0x7F);
    }

    private static TerminalAgentException missing(Reference reference) {
        String place = switch (reference) {
            case Reference.Variable(String name) -> "environment variable " + name;
            case Reference.SecretFile(String name) -> "file " + name + " in the folder of secrets";
        };
        return new TerminalAgentException(
                ErrorCode.AGENT_ERROR,
                "The processor has no valid API key in the " + place
                        + ", to which the setting key of the agent refers. Set it, and ask again.");
    }
}
