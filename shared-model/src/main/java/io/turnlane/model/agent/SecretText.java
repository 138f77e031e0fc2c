package io.turnlane.model.agent;

import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text with references to secrets, such as {@code Bearer ${env:SUPPORT_TOKEN}} or {@code ${file:support-token}}. Only
 * the references are stored on the log. The processor resolves them for each call, so that a changed secret is used
 * without a restart.
 *
 * @param template 1 to 1,024 characters without line breaks
 */
public record SecretText(String template) {

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([A-Za-z0-9._-]{1,128})}");
    private static final int MAX_CHARACTERS = 1024;

    public SecretText {
        boolean printable = template.chars().allMatch(c -> c >= ' ' && c < 0x7F);
        if (template.isEmpty() || template.length() > MAX_CHARACTERS || !printable) {
            throw new IllegalArgumentException("must have 1 to " + MAX_CHARACTERS + " printable ASCII characters");
        }
        if (REFERENCE.matcher(template).replaceAll("").contains("${")) {
            throw new IllegalArgumentException("must refer to secrets as ${env:NAME} or ${file:NAME}");
        }
    }

    /** Reference to a secret. */
    public sealed interface Reference {

        /** Environment variable of the processor. */
        record Variable(String name) implements Reference {}

        /** File in the processor's folder of secrets. */
        record SecretFile(String name) implements Reference {}
    }

    /** Returns true if the text contains at least one reference. */
    public boolean refersToSecret() {
        return REFERENCE.matcher(template).find();
    }

    /**
     * Returns the text with all references replaced by their secrets; empty if one of the secrets is unknown.
     *
     * @param secrets returns the secret for a reference, or empty
     */
    public Optional<String> resolve(Function<Reference, Optional<String>> secrets) {
        StringBuilder text = new StringBuilder();
        Matcher matcher = REFERENCE.matcher(template);
        while (matcher.find()) {
            String name = matcher.group(2);
            Optional<String> secret = secrets.apply(
                    matcher.group(1).equals("env") ? new Reference.Variable(name) : new Reference.SecretFile(name));
            if (secret.isEmpty()) {
                return Optional.empty();
            }
            matcher.appendReplacement(text, Matcher.quoteReplacement(secret.get()));
        }
        return Optional.of(matcher.appendTail(text).toString());
    }

    /** Returns the text with its references, which are not secret. */
    @Override
    public String toString() {
        return template;
    }
}
