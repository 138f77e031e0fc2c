package io.turnlane.gateway.problem;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** What is wrong with JSON that a client sent, in words that name its field and quote none of its values. */
public final class JsonErrors {

    private static final int LONGEST_NAME = 64;

    private JsonErrors() {}

    public static String explain(@Nullable Throwable mistake) {
        return switch (mistake) {
            case UnrecognizedPropertyException unknown ->
                "unknown field: " + path(unknown) + "; it may be misspelt, or not served yet";
            case MismatchedInputException mismatch
            when mismatch.getPath().isEmpty() -> "the body must be one JSON object";
            case MismatchedInputException mismatch -> path(mismatch) + " is not of the right type";
            case DatabindException invalid
            when !invalid.getPath().isEmpty() -> path(invalid) + " is not valid" + why(invalid);
            case StreamReadException _ -> "not valid JSON";
            case null -> "the body is missing";
            default -> "the body can't be read";
        };
    }

    /** Our own types say what they want; a parser's message would name classes. */
    private static String why(DatabindException invalid) {
        return invalid.getCause() instanceof IllegalArgumentException ours && ours.getMessage() != null
                ? ": " + ours.getMessage()
                : "";
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
        return clean.length() > LONGEST_NAME ? clean.substring(0, LONGEST_NAME) + "…" : clean;
    }
}
