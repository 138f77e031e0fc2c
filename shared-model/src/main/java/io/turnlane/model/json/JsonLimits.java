package io.turnlane.model.json;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits of JSON values that clients send, in HTTP bodies (which include imported documents) and in WebSocket frames.
 * Every value within these limits can be stored, read, listed, exported with a checksum, imported and replayed.
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

    /** Largest safe integer of JavaScript. A double represents every integer up to this value exactly. */
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

    /**
     * Returns the value, or the nearest value within the limits. Invalid text is repaired as by {@link #wellFormed}.
     * NaN and infinity become null. Any other number that {@link #check} rejects becomes text. An object or array that
     * is nested more deeply than {@link #MAX_VALUE_DEPTH} becomes null.
     *
     * @param value maps, lists, text, numbers, booleans and null; values of other types are returned unchanged
     */
    public static @Nullable Object nearest(@Nullable Object value) {
        return nearest(value, MAX_VALUE_DEPTH);
    }

    private static @Nullable Object nearest(@Nullable Object value, int depth) {
        return switch (value) {
            case String text -> wellFormed(text);
            case Number number -> nearest(number);
            case List<?> list -> depth == 0 ? null : nearest(list, depth);
            case Map<?, ?> map -> depth == 0 ? null : nearest(map, depth);
            case null, default -> value;
        };
    }

    private static List<@Nullable Object> nearest(List<?> list, int depth) {
        List<@Nullable Object> repaired = new ArrayList<>(list.size());
        list.forEach(one -> repaired.add(nearest(one, depth - 1)));
        return repaired;
    }

    private static Map<String, @Nullable Object> nearest(Map<?, ?> map, int depth) {
        Map<String, @Nullable Object> repaired = LinkedHashMap.newLinkedHashMap(map.size());
        map.forEach((name, one) -> repaired.put(wellFormed(String.valueOf(name)), nearest(one, depth - 1)));
        return repaired;
    }

    private static @Nullable Object nearest(Number number) {
        try {
            checkNumber(number);
            return number;
        } catch (IllegalArgumentException e) {
            return number instanceof Double || number instanceof Float ? null : number.toString();
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
            case Long whole when whole >= -MAX_SAFE_INTEGER && whole <= MAX_SAFE_INTEGER -> {}
            case Long _, BigInteger _ -> checkInteger(number.toString());
            default -> checkDouble(number.doubleValue());
        }
    }

    /**
     * Rejects an integer that JavaScript, which reads numbers as doubles, prints with other digits or with an exponent.
     * For example, JavaScript prints 2<sup>64</sup> as 18446744073709552000, although a double holds 2<sup>64</sup>
     * exactly.
     *
     * @param digits the integer, as written in the document
     * @throws IllegalArgumentException if the integer is rejected
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
