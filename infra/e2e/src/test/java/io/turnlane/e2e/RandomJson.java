package io.turnlane.e2e;

import java.util.Random;
import java.util.StringJoiner;
import tools.jackson.databind.json.JsonMapper;

/** Random JSON texts, which the same seed repeats. Most of them are acceptable, some are not. Not thread-safe. */
final class RandomJson {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String[] NUMBERS = {
        "0",
        "-0",
        "1",
        "1.0",
        "1e0",
        "-1",
        "0.1",
        "1e-7",
        "1e16",
        "1e21",
        "123456789012345680000",
        "5e-324",
        "1e308",
        "9007199254740991",
        "-9007199254740992",
        "0.30000000000000004",
        "1e-400",
        "1E+2"
    };
    private static final String[] BAD_VALUES = {
        "1e400",
        "-1e309",
        "9007199254740993",
        "-9223372036854775808",
        "1152921504606846976",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "{\"\\udfff\":1}",
        "NaN"
    };
    private static final int[] ODD_CHARACTERS = {
        0, 1, 8, 10, 13, 27, '"', '\\', '/', '{', 127, 0x80, 0x85, 0xe9, 0x5d0, 0x202e, 0x2028, 0x2029, 0xd7ff, 0xe000,
        0xfb33, 0xfeff, 0xfffd, 0xffff, 0x1f600, 0x10ffff
    };

    private final Random random;
    private final double badness;

    /** @param badness probability that a value is one that no gateway may accept */
    RandomJson(long seed, double badness) {
        this.random = new Random(seed);
        this.badness = badness;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /** Returns true with this probability. */
    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Returns an object. One of 50 is nested as deep as metadata may be, or one level deeper. */
    String object() {
        if (chance(0.02)) {
            int depth = chance(badness) ? 65 : 64;
            return "{\"d\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
        }
        return object(3);
    }

    private String object(int depth) {
        StringJoiner members = new StringJoiner(",", "{", "}");
        for (int i = below(4); i > 0; i--) {
            String name = chance(0.1) ? "" : text(6);
            members.add(JSON.writeValueAsString(name) + ":" + value(depth - 1));
            if (chance(0.02)) {
                members.add(JSON.writeValueAsString(name) + ":" + value(depth - 1)); // readers take the last value
            }
        }
        return members.toString();
    }

    /** Returns any value, nested at most this deep. */
    String value(int depth) {
        if (chance(badness)) {
            return BAD_VALUES[below(BAD_VALUES.length)];
        }
        return switch (below(depth > 0 ? 8 : 6)) {
            case 0 -> "null";
            case 1 -> String.valueOf(random.nextBoolean());
            case 2 -> NUMBERS[below(NUMBERS.length)];
            case 3 -> random.nextLong() % 9_007_199_254_740_992L + "";
            case 4 -> Double.toString(finite());
            case 5 -> JSON.writeValueAsString(text(12));
            case 6 -> "[" + value(depth - 1) + "," + value(depth - 1) + "]";
            default -> object(depth - 1);
        };
    }

    private double finite() {
        double value = Double.longBitsToDouble(random.nextLong());
        return Double.isFinite(value) ? value : random.nextDouble();
    }

    /** Returns one of the values. */
    @SafeVarargs
    final <T> T oneOf(T... values) {
        return values[below(values.length)];
    }

    /** Returns a JSON text of valid Unicode, or sometimes of invalid Unicode. */
    String quoted(int longest) {
        return chance(badness) ? oneOf("\"\\ud800\"", "\"\\udc00\\ud800\"") : JSON.writeValueAsString(text(longest));
    }

    /** Returns a text of valid Unicode with many unusual characters. */
    String text(int longest) {
        StringBuilder text = new StringBuilder();
        for (int i = below(longest + 1); i > 0; i--) {
            text.appendCodePoint(chance(0.3) ? ODD_CHARACTERS[below(ODD_CHARACTERS.length)] : 'a' + below(26));
        }
        return text.toString();
    }

    /** Returns a text as an agent may produce it: sometimes with half of a surrogate pair. */
    String agentText(int longest) {
        String text = text(longest);
        return chance(badness) ? text + (char) (0xd800 + below(0x800)) : text;
    }
}
