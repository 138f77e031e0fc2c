package io.turnlane.model.json;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON in the canonical form of RFC 8785 (JSON Canonicalization Scheme): no whitespace, members sorted by the
 * UTF-16 code units of their names, numbers as ECMAScript prints doubles. Equal values give equal bytes in every
 * programming language, and therefore an equal {@link #checksum}.
 */
public final class CanonicalJson {

    /**
     * Maximum depth of nested maps and lists, which prevents a stack overflow. It exceeds all limits of
     * {@link JsonLimits}.
     */
    private static final int MAX_DEPTH = 200;

    /** Maximum number of digits before the decimal point. ECMAScript writes larger numbers with an exponent. */
    private static final int PLAIN_DIGITS = 21;

    private static final int PLAIN_ZEROS = -6;

    private CanonicalJson() {}

    /**
     * Returns the canonical form as UTF-8.
     *
     * @param value maps with text keys, lists, text, numbers, booleans and null, as JSON parsers produce them
     * @throws IllegalArgumentException if a value has another type, is nested too deeply, is a number outside the range
     *     of a double, or is text that is not valid Unicode
     */
    public static byte[] of(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out, 0);
        try {
            ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(out));
            byte[] bytes = new byte[utf8.remaining()];
            utf8.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("text that is not valid Unicode", e);
        }
    }

    /** Returns {@code sha256:} followed by the SHA-256 of the canonical form in hex. */
    public static String checksum(@Nullable Object value) {
        return "sha256:" + HexFormat.of().formatHex(Sha256.of(of(value)));
    }

    private static void write(@Nullable Object value, StringBuilder out, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("the value is nested too deeply");
        }
        switch (value) {
            case null -> out.append("null");
            case Boolean truth -> out.append(truth);
            case String text -> text(text, out);
            case Number number -> out.append(number(number.doubleValue()));
            case List<?> list -> list(list, out, depth);
            case Map<?, ?> map -> object(map, out, depth);
            default -> throw new IllegalArgumentException("the value has a type that JSON does not have");
        }
    }

    private static void list(List<?> list, StringBuilder out, int depth) {
        String before = "[";
        for (Object one : list) {
            out.append(before);
            write(one, out, depth + 1);
            before = ",";
        }
        out.append(list.isEmpty() ? "[]" : "]");
    }

    /** Writes an object with sorted members. Java compares strings by UTF-16 code units, as the RFC requires. */
    private static void object(Map<?, ?> map, StringBuilder out, int depth) {
        TreeMap<String, @Nullable Object> sorted = new TreeMap<>();
        map.forEach((name, value) -> sorted.put((String) name, value));
        String before = "{";
        for (Map.Entry<String, @Nullable Object> member : sorted.entrySet()) {
            out.append(before);
            text(member.getKey(), out);
            out.append(':');
            write(member.getValue(), out, depth + 1);
            before = ",";
        }
        out.append(map.isEmpty() ? "{}" : "}");
    }

    private static void text(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\t' -> out.append("\\t");
                case '\n' -> out.append("\\n");
                case '\f' -> out.append("\\f");
                case '\r' -> out.append("\\r");
                default -> {
                    if (c < ' ') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /** Formats a number as ECMA-262 does in Number::toString. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("a number is outside the range of a double");
        }
        if (value == 0) {
            return "0";
        }
        BigDecimal shortest = shortest(Math.abs(value));
        String digits = shortest.unscaledValue().toString();
        int point = digits.length() - shortest.scale(); // position of the decimal point, counted from the first digit
        String sign = value < 0 ? "-" : "";
        if (point > PLAIN_DIGITS || point <= PLAIN_ZEROS) {
            return sign + withExponent(digits, point - 1);
        }
        if (point <= 0) {
            return sign + "0." + "0".repeat(-point) + digits;
        }
        return sign
                + (point >= digits.length()
                        ? digits + "0".repeat(point - digits.length())
                        : digits.substring(0, point) + "." + digits.substring(point));
    }

    /**
     * Returns the shortest decimal number that identifies the double. Since Java 19, {@link Double#toString} prints
     * this number, but always with at least two digits.
     */
    private static BigDecimal shortest(double value) {
        BigDecimal printed = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        BigDecimal oneDigit = printed.round(new MathContext(1));
        return printed.precision() == 2 && oneDigit.doubleValue() == value ? oneDigit : printed;
    }

    private static String withExponent(String digits, int exponent) {
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return mantissa + "e" + (exponent < 0 ? "-" : "+") + Math.abs(exponent);
    }
}
