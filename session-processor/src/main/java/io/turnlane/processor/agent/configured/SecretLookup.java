package io.turnlane.processor.agent.configured;

import io.turnlane.model.agent.SecretText.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the secrets that definitions of agents refer to. Operators who may define agents can send these secrets to any
 * address, so only variables and files that the processor's settings allow are found. Thread-safe.
 */
public final class SecretLookup implements Function<Reference, Optional<String>> {

    private final UnaryOperator<@Nullable String> environment;
    private final List<Pattern> allowed;
    private final @Nullable Path folder;

    /**
     * Creates a lookup.
     *
     * @param environment returns the value of an environment variable, or null
     * @param variables names of the allowed variables; {@code *} stands for any text
     * @param folder folder of the allowed files, or null for none
     */
    public SecretLookup(UnaryOperator<@Nullable String> environment, List<String> variables, @Nullable Path folder) {
        this.environment = environment;
        this.allowed = variables.stream()
                .map(name -> Pattern.compile(Pattern.quote(name.strip()).replace("*", "\\E.*\\Q")))
                .toList();
        this.folder = folder;
    }

    /** Returns the secret, or empty if it is not allowed, does not exist or is empty. */
    @Override
    public Optional<String> apply(Reference reference) {
        Optional<String> secret = switch (reference) {
            case Reference.Variable(String name) ->
                allowed.stream().anyMatch(pattern -> pattern.matcher(name).matches())
                        ? Optional.ofNullable(environment.apply(name))
                        : Optional.empty();
            case Reference.SecretFile(String name) -> read(name);
        };
        return secret.map(String::strip).filter(text -> !text.isEmpty());
    }

    private Optional<String> read(String name) {
        if (folder == null || name.equals(".") || name.equals("..")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(folder.resolve(name)));
        } catch (IOException missing) {
            return Optional.empty();
        }
    }
}
