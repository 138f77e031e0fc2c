package io.turnlane.model;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits of JSON values that clients send, in HTTP bodies (which include imported documents) and in WebSocket frames.
 * Every value within these limits can be stored, read, listed, exported with a checksum, imported and replayed, and any
 * JSON parser reads it without loss.
 */
public final class JsonLimits {

    /** Maximum depth of nested objects and arrays in metadata. The outermost object counts as 1. */
    public static final int MAX_VALUE_DEPTH = 64;

    /**
     * Maximum depth of a whole document, for example an import. It is larger than {@link #MAX_VALUE_DEPTH}, because the
     * document contains metadata and artifacts inside other objects.
     */
    public static final int MAX_DOCUMENT_DEPTH = 80;

    /**
     * Maximum size of a session's metadata as JSON, in bytes. A change fails if the changed metadata would be larger.
     */
    public static final int MAX_METADATA_BYTES = 64 * 1024;

    /**
     * Largest integer up to which a double can represent every integer. Every JSON implementation reads these integers
     * exactly.
     */
    private static final long MAX_SAFE_INTEGER = (1L << 53) - 1;

    private JsonLimits() {}

    /**
     * Checks a value that the client can choose freely, such as metadata.
     *
     * @param value maps with text keys, lists, text, numbers, booleans and null, as JSON parsers produce them
     * @return the value
     * @throws IllegalArgumentException if the value exceeds a limit; the message is meant for clients
     */
    public static <T extends @Nullable Object> T check(T value) {
        check(value, MAX_VALUE_DEPTH);
        return value;
    }

    private static void check(@Nullable Object value, int depth) {
        switch (value) {
            case null -> {}
            case Boolean _ -> {}
            case String text -> checkText(text);
            case Number number -> checkNumber(number);
            case List<?> list -> {
                checkDepth(depth);
                list.forEach(one -> check(one, depth - 1));
            }
            case Map<?, ?> map -> {
                checkDepth(depth);
                map.forEach((name, one) -> {
                    check(name, 0);
                    check(one, depth - 1);
                });
            }
            default -> throw new IllegalArgumentException("the value has a type that JSON does not have");
        }
    }

    private static void checkDepth(int left) {
        if (left == 0) {
            throw tooDeep(MAX_VALUE_DEPTH);
        }
    }

    static IllegalArgumentException tooDeep(int limit) {
        return new IllegalArgumentException("must not be nested more than " + limit + " levels deep");
    }

    /**
     * Checks that a text is valid Unicode, so that UTF-8 can express it.
     *
     * @throws IllegalArgumentException if the text contains half of a surrogate pair
     */
    public static void checkText(String text) {
        if (!isWellFormed(text)) {
            throw new IllegalArgumentException(
                    "must be valid Unicode, but contains half of a surrogate pair (\\ud800 to \\udfff)");
        }
    }

    private static void checkNumber(Number number) {
        switch (number) {
            case Integer _, Short _, Byte _ -> {}
            case Long whole when Math.abs(whole) <= MAX_SAFE_INTEGER -> {}
            case Long _, BigInteger _ -> checkInteger(number.toString());
            default -> checkDouble(number.doubleValue());
        }
    }

    /**
     * Checks that a double can represent this integer exactly. Otherwise a client that reads numbers as doubles would
     * receive another integer.
     *
     * @param digits the integer, as written in the document
     * @throws IllegalArgumentException if a double cannot represent the integer exactly
     */
    static void checkInteger(String digits) {
        double value = Double.parseDouble(digits);
        checkDouble(value);
        if (Math.abs(value) > MAX_SAFE_INTEGER && !CanonicalJson.number(value).equals(digits)) {
            throw new IllegalArgumentException("must not contain an integer beyond ±" + MAX_SAFE_INTEGER
                    + " that a double-precision number cannot hold exactly. Send it as a string");
        }
    }

    static void checkDouble(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(
                    "must not contain a number outside the range of a double-precision number");
        }
    }

    /** Returns true if the text is valid Unicode, which means that it contains no half of a surrogate pair. */
    public static boolean isWellFormed(String text) {
        return text.codePoints().noneMatch(JsonLimits::isSurrogate);
    }

    /** Returns the text with each half of a surrogate pair replaced by U+FFFD, the replacement character. */
    public static String wellFormed(String text) {
        if (isWellFormed(text)) {
            return text;
        }
        StringBuilder repaired = new StringBuilder(text.length());
        // codePoints() combines each valid pair into one code point. A surrogate that remains is half of a pair.
        text.codePoints().map(c -> isSurrogate(c) ? '\ufffd' : c).forEach(repaired::appendCodePoint);
        return repaired.toString();
    }

    private static boolean isSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }
}
