package io.turnlane.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Names of all settings of gateways and processors. Gateways and processors can share configuration files and
 * environment variables. Each therefore accepts the settings of both.
 */
public final class SettingNames {

    private static final String PREFIX = "turnlane.";
    private static final String VARIABLE_PREFIX = "TURNLANE_";

    /**
     * System properties of the build and of the launcher. Their names start with {@code turnlane.}, but they are no
     * settings.
     */
    private static final Set<String> NO_SETTINGS =
            Set.of("turnlane.lib", "turnlane.logs", "turnlane.broker.log", "turnlane.class-cache.record");

    /** Settings with any number of values: their names continue with a key or an index. */
    private static final Set<String> OPEN_ENDED = Set.of(
            "turnlane.processor.agents.secret-variables",
            "turnlane.processor.answer.timeouts",
            "turnlane.security.allowed-origins",
            "turnlane.webhooks.secrets");

    /** Variables that configuration files and commands read under other names than those of the settings. */
    private static final Set<String> SHORT_VARIABLES = Set.of(
            "TURNLANE_AGENTS_FILE",
            "TURNLANE_CHAT_MODEL",
            "TURNLANE_CHAT_PROVIDER",
            "TURNLANE_CHAT_URL",
            "TURNLANE_SECRET_FOLDER");

    /** Variables that Kubernetes and Docker set for a service, for example for a service named turnlane-gateway. */
    private static final Pattern OF_A_SERVICE = Pattern.compile(
            ".*_(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT|PORT_\\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?|ENV_\\w+|NAME)");

    /** Maximum number of characters in which a misspelt variable differs from a setting. */
    private static final int MISSPELT = 3;

    /** Names of all settings, sorted. */
    static final List<String> ALL = read();

    private static final Set<String> GROUPS =
            ALL.stream().map(SettingNames::group).collect(Collectors.toUnmodifiableSet());

    private SettingNames() {}

    /**
     * Checks that a name is not misspelt.
     *
     * @param variable true for an environment variable, false for a property
     * @param source name of the place that sets it, for the exception's message
     * @throws IllegalStateException if the name is misspelt; the message names the most similar setting
     */
    public static void check(String name, boolean variable, String source) {
        (variable ? nearestToVariable(name) : nearestTo(name)).ifPresent(valid -> {
            throw new IllegalStateException("Unknown setting %s in %s. Did you mean %s? All settings are listed in"
                            .formatted(name, source, valid)
                    + " docs/configuration.md.");
        });
    }

    /**
     * Returns the setting whose name is most similar to an unknown name. Returns empty if the name is known, or if it
     * does not start with {@code turnlane.}.
     *
     * @param name name of a property, in any of the forms that Spring accepts
     */
    public static Optional<String> nearestTo(String name) {
        String plain = plain(name);
        if (!plain.startsWith(PREFIX) || NO_SETTINGS.contains(name) || isKnown(plain)) {
            return Optional.empty();
        }
        return Optional.of(nearest(plain));
    }

    /**
     * Returns the setting that a misspelt environment variable was probably meant to set. Returns empty if the variable
     * is not misspelt. A variable that sets nothing counts as misspelt in two cases. Its name begins like those of
     * existing settings, for example with {@code TURNLANE_PROCESSOR_}. Or it begins with {@code TURNLANE_} and is
     * similar to the name of a setting. Variables that Kubernetes or Docker set are never misspelt.
     */
    public static Optional<String> nearestToVariable(String variable) {
        if (!variable.startsWith(VARIABLE_PREFIX)
                || SHORT_VARIABLES.contains(variable)
                || OF_A_SERVICE.matcher(variable).matches()) {
            return Optional.empty();
        }
        String letters = letters(variable);
        if (ALL.stream().anyMatch(setting -> isVariableOf(setting, letters))) {
            return Optional.empty();
        }
        String nearest = nearest(plain(variable.replace('_', '.')));
        boolean ofGroup = GROUPS.stream()
                .anyMatch(group -> variable.startsWith(VARIABLE_PREFIX + group.toUpperCase(Locale.ROOT) + "_"));
        return ofGroup || distance(letters, letters(nearest)) <= MISSPELT ? Optional.of(nearest) : Optional.empty();
    }

    private static boolean isVariableOf(String setting, String letters) {
        return letters.equals(letters(setting))
                || (OPEN_ENDED.contains(setting) && letters.startsWith(letters(setting)));
    }

    private static boolean isKnown(String plain) {
        return ALL.stream()
                .anyMatch(setting -> plain.equals(plain(setting))
                        || (OPEN_ENDED.contains(setting)
                                && (plain.startsWith(plain(setting) + ".") || plain.startsWith(plain(setting) + "["))));
    }

    private static String nearest(String plain) {
        return ALL.stream()
                .min(Comparator.comparingInt(setting -> distance(plain, plain(setting))))
                .orElseThrow();
    }

    /** Returns the form in which Spring compares names: without dashes and underscores, in lower case. */
    private static String plain(String name) {
        return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }

    private static String letters(String name) {
        return plain(name).replace(".", "");
    }

    private static String group(String setting) {
        return setting.substring(PREFIX.length(), setting.indexOf('.', PREFIX.length()));
    }

    private static int distance(String a, String b) {
        int[] costs = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            costs[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = costs[0];
            costs[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = costs[j];
                costs[j] = Math.min(replace, Math.min(costs[j], costs[j - 1]) + 1);
            }
        }
        return costs[b.length()];
    }

    private static List<String> read() {
        try (InputStream in = SettingNames.class.getResourceAsStream("settings.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
