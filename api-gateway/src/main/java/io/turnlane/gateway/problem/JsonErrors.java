package io.turnlane.gateway.problem;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Explains errors in JSON from clients. An explanation names the field, but does not repeat the client's values. */
public final class JsonErrors {

    private static final int MAX_NAME_LENGTH = 64;

    private JsonErrors() {}

    /**
     * Returns an explanation for the client.
     *
     * @param error error of the parser; null if the client sent no JSON
     */
    public static String explain(@Nullable Throwable error) {
        return switch (error) {
            case UnrecognizedPropertyException unknown ->
                "Unknown field: " + path(unknown) + ". Check the spelling, or remove the field.";
            case MismatchedInputException mismatch
            when mismatch.getPath().isEmpty() -> "Expected a single JSON object.";
            case MismatchedInputException mismatch -> path(mismatch) + " has the wrong type.";
            case DatabindException invalid
            when !invalid.getPath().isEmpty() -> path(invalid) + " is not valid" + reason(invalid);
            case StreamReadException _ -> "Not valid JSON.";
            case null -> "The body is missing.";
            default -> "The JSON cannot be read.";
        };
    }

    /**
     * Returns messages of this project's types unchanged. Replaces messages of the parser, because they name Java
     * classes.
     */
    private static String reason(DatabindException invalid) {
        return invalid.getCause() instanceof IllegalArgumentException own && own.getMessage() != null
                ? ": " + own.getMessage()
                : ".";
    }

    private static String path(DatabindException e) {
        StringBuilder path = new StringBuilder();
        e.getPath().forEach(step -> path.append(path.isEmpty() ? "" : ".").append(step(step.getPropertyName())));
        return path.toString();
    }

    private static String step(@Nullable String name) {
        if (name == null) {
            return "[]";
        }
        String clean = name.replaceAll("[^A-Za-z0-9_.-]", "?");
        return clean.length() > MAX_NAME_LENGTH ? clean.substring(0, MAX_NAME_LENGTH) + "…" : clean;
    }
}
