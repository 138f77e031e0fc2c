package io.turnlane.model.agent;

import io.turnlane.model.WireEnum;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of a JSON or YAML object, and reports the path of a field that is missing, unknown or invalid. Not
 * thread-safe.
 */
final class DefinitionFields {

    private static final int MAX_CHARACTERS = 32_768;

    private final String path;
    private final Map<String, ?> values;
    private final Set<String> read = new HashSet<>();

    DefinitionFields(Map<String, ?> values) {
        this("", values);
    }

    private DefinitionFields(String path, Map<String, ?> values) {
        this.path = path;
        this.values = values;
    }

    /** Creates the exception for a field of this object. */
    InvalidFieldException invalid(String field, String problem) {
        return new InvalidFieldException(path + field, problem);
    }

    boolean has(String field) {
        return value(field) != null;
    }

    String text(String field) throws InvalidFieldException {
        String text = textOrNull(field);
        if (text == null) {
            throw invalid(field, "is required");
        }
        return text;
    }

    @Nullable
    String textOrNull(String field) throws InvalidFieldException {
        return switch (value(field)) {
            case null -> null;
            case String text when !text.isBlank() && text.length() <= MAX_CHARACTERS -> text;
            default -> throw invalid(field, "must be a text of 1 to " + MAX_CHARACTERS + " characters");
        };
    }

    /** Returns the absolute http or https URL, or the default. */
    URI url(String field, @Nullable URI defaultUrl) throws InvalidFieldException {
        String text = textOrNull(field);
        if (text == null) {
            if (defaultUrl == null) {
                throw invalid(field, "is required");
            }
            return defaultUrl;
        }
        try {
            URI url = URI.create(text);
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (http && url.getHost() != null && url.getRawUserInfo() == null && url.getRawFragment() == null) {
                return url;
            }
        } catch (IllegalArgumentException _) {
            // reported below
        }
        throw invalid(field, "must be an http or https URL without credentials and fragment");
    }

    /** Returns the value of an enumeration, or the default. */
    <E extends WireEnum> E choice(String field, E[] choices, @Nullable E defaultChoice) throws InvalidFieldException {
        String text = textOrNull(field);
        if (text == null && defaultChoice != null) {
            return defaultChoice;
        }
        return WireEnum.find(choices, text(field))
                .orElseThrow(() -> invalid(
                        field,
                        "must be one of "
                                + Arrays.stream(choices).map(WireEnum::wire).collect(Collectors.joining(", "))));
    }

    @Nullable
    SecretText secretOrNull(String field) throws InvalidFieldException {
        String text = textOrNull(field);
        try {
            return text == null ? null : new SecretText(text);
        } catch (IllegalArgumentException e) {
            throw invalid(field, String.valueOf(e.getMessage()));
        }
    }

    /** Returns all fields of this object. */
    Map<String, SecretText> secrets() throws InvalidFieldException {
        Map<String, SecretText> secrets = new LinkedHashMap<>();
        for (String name : values.keySet()) {
            SecretText secret = secretOrNull(name);
            if (secret != null) {
                secrets.put(name, secret);
            }
        }
        return secrets;
    }

    /** Returns the duration, which is a number of seconds, or the default. */
    Duration seconds(String field, Duration defaultDuration, Duration max) throws InvalidFieldException {
        double seconds = number(field, defaultDuration.toMillis() / 1e3, 0.001, (double) max.toSeconds());
        return Duration.ofMillis(Math.round(seconds * 1e3));
    }

    double number(String field, double defaultNumber, double min, double max) throws InvalidFieldException {
        return switch (value(field)) {
            case null -> defaultNumber;
            case Number number when number.doubleValue() >= min && number.doubleValue() <= max -> number.doubleValue();
            default -> throw invalid(field, "must be a number from " + plain(min) + " to " + plain(max));
        };
    }

    int integer(String field, int defaultNumber, int min, int max) throws InvalidFieldException {
        double number = number(field, defaultNumber, min, max);
        if (number != Math.rint(number)) {
            throw invalid(field, "must be a whole number");
        }
        return (int) number;
    }

    boolean bool(String field, boolean defaultValue) throws InvalidFieldException {
        return switch (value(field)) {
            case null -> defaultValue;
            case Boolean value -> value;
            default -> throw invalid(field, "must be true or false");
        };
    }

    /** Returns the texts of a list; an empty list if the field is missing. */
    List<String> texts(String field, int max) throws InvalidFieldException {
        List<String> texts = new ArrayList<>();
        switch (value(field)) {
            case null -> {}
            case List<?> list
            when list.size() <= max -> {
                for (Object one : list) {
                    if (!(one instanceof String text) || text.isBlank() || text.length() > MAX_CHARACTERS) {
                        throw invalid(field, "must be a list of texts");
                    }
                    texts.add(text);
                }
            }
            default -> throw invalid(field, "must be a list of at most " + max + " texts");
        }
        return List.copyOf(texts);
    }

    /** Returns the objects of a list; an empty list if the field is missing. */
    List<DefinitionFields> objects(String field, int max) throws InvalidFieldException {
        List<DefinitionFields> objects = new ArrayList<>();
        switch (value(field)) {
            case null -> {}
            case List<?> list
            when list.size() <= max -> {
                for (int i = 0; i < list.size(); i++) {
                    objects.add(object(field + "[" + i + "]", list.get(i)));
                }
            }
            default -> throw invalid(field, "must be a list of at most " + max + " objects");
        }
        return objects;
    }

    /** Returns an object within this one; an empty object if the field is missing. */
    DefinitionFields object(String field) throws InvalidFieldException {
        return object(field, value(field));
    }

    private DefinitionFields object(String field, @Nullable Object value) throws InvalidFieldException {
        Map<String, Object> object = new LinkedHashMap<>();
        switch (value) {
            case null -> {}
            case Map<?, ?> map -> map.forEach((name, one) -> object.put(String.valueOf(name), one));
            default -> throw invalid(field, "must be an object");
        }
        return new DefinitionFields(path + field + ".", object);
    }

    /** Returns all values of this object, which the caller passes on without reading them. */
    Map<String, Object> free() {
        read.addAll(values.keySet());
        return new LinkedHashMap<>(values);
    }

    /** Throws an exception if this object has a field that was not read. */
    void checkAllRead() throws InvalidFieldException {
        for (String field : new TreeSet<>(values.keySet())) {
            if (!read.contains(field)) {
                throw invalid(
                        field,
                        "is not a field of this definition; its fields are " + String.join(", ", new TreeSet<>(read)));
            }
        }
    }

    private @Nullable Object value(String field) {
        read.add(field);
        return values.get(field);
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
