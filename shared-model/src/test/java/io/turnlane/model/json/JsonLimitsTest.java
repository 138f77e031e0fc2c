package io.turnlane.model.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

class JsonLimitsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9007199254740991",
                "-9007199254740991",
                "9007199254740992",
                "1152921504606847000", // 2^60, as JavaScript prints it
                "100000000000000000000",
                "1e308",
                "-1.5e-400",
                "0.1000000000000000055511151231257827",
                "\"\\ud83d\\ude00\"",
                "{\"\\u0000\":null}"
            })
    void acceptsValuesThatEveryJsonReaderKeeps(String value) {
        assertThatCode(() -> checkBoth("{\"a\":" + value + "}")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9007199254740993",
                "-9007199254740993",
                "1152921504606846976", // 2^60, which JavaScript prints with other digits
                "1e400",
                "-1e400",
                "\"\\ud800\"",
                "\"\\ude00\\ud83d\"",
                "{\"\\ud800\":1}",
                "[[\"x\\udfff\"]]"
            })
    void rejectsValuesThatSomeJsonReaderChangesOrRefuses(String value) {
        assertThatThrownBy(() -> IncomingJson.check("{\"a\":" + value + "}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The value at line 1, column")
                .hasMessageNotContaining("993");
        assertThatThrownBy(() -> IncomingJson.check(("{\"a\":" + value + "}").getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfAny(IllegalArgumentException.class, JacksonException.class);
    }

    @Test
    void rejectsAnIntegerOf400Digits() {
        assertThatThrownBy(() -> IncomingJson.check("9".repeat(400))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JsonLimits.check(new BigInteger("9".repeat(400))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** The reader for UTF-8 passes the three bytes of half a surrogate pair on. */
    @Test
    void rejectsHalfOfASurrogatePairInBytes() {
        byte[] document = {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'};
        assertThatThrownBy(() -> IncomingJson.check(document))
                .isInstanceOfAny(IllegalArgumentException.class, JacksonException.class);
    }

    @Test
    void limitsTheDepthOfDocumentsAndOfValuesInThem() {
        IncomingJson.check(nested(JsonLimits.MAX_DOCUMENT_DEPTH));
        assertThatThrownBy(() -> IncomingJson.check(nested(JsonLimits.MAX_DOCUMENT_DEPTH + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("80 levels");
        assertThatThrownBy(() -> IncomingJson.check(nested(100_000))).isInstanceOf(IllegalArgumentException.class);

        assertThatCode(() -> JsonLimits.check(value(JsonLimits.MAX_VALUE_DEPTH)))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> JsonLimits.check(value(JsonLimits.MAX_VALUE_DEPTH + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("64 levels");
    }

    @Test
    void rejectsValuesOfAgentsThatAreNotJson() {
        for (Object bad : List.of(
                Double.NaN,
                Float.POSITIVE_INFINITY,
                Long.MAX_VALUE,
                Long.MIN_VALUE,
                new Object(),
                "x\ud800",
                Map.of("\udc00", 1),
                Map.of("a", List.of(Double.NEGATIVE_INFINITY)))) {
            assertThatThrownBy(() -> JsonLimits.check(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void replacesHalvesOfSurrogatePairsAndNothingElse() {
        assertThat(JsonLimits.wellFormed("a\ud83d\ude00b")).isEqualTo("a\ud83d\ude00b");
        assertThat(JsonLimits.wellFormed("\ud83d\ud83d\ude00x\ude00")).isEqualTo("\ufffd\ud83d\ude00x\ufffd");
    }

    @Test
    void changesEveryJsonValueToOneWithinTheLimits() {
        for (Object bad : List.of(
                Double.NaN,
                Long.MIN_VALUE,
                new BigInteger("9".repeat(400)),
                value(JsonLimits.MAX_VALUE_DEPTH + 1),
                Map.of("\udc00", List.of("x\ud800", Double.NEGATIVE_INFINITY)))) {
            assertThatThrownBy(() -> JsonLimits.check(bad)).isInstanceOf(IllegalArgumentException.class);
            assertThatCode(() -> JsonLimits.check(JsonLimits.nearest(bad))).doesNotThrowAnyException();
        }
        Object good = value(JsonLimits.MAX_VALUE_DEPTH);
        assertThat(JsonLimits.nearest(good)).isEqualTo(good);
    }

    /** Every double that JavaScript prints as an integer can be sent back. */
    @Test
    void acceptsEveryIntegerThatJavaScriptPrints() {
        for (double value = 1; value < 1e21; value *= 1.7) {
            IncomingJson.check(CanonicalJson.number(Math.rint(value)));
        }
    }

    private static void checkBoth(String document) throws UnreadableRecordException {
        IncomingJson.check(document);
        IncomingJson.check(document.getBytes(StandardCharsets.UTF_8));
        JsonLimits.check(new WireFormat().readObject(document.getBytes(StandardCharsets.UTF_8)));
    }

    private static String nested(int depth) {
        return "[".repeat(depth) + "]".repeat(depth);
    }

    private static Object value(int depth) {
        Object value = List.of();
        for (int i = 1; i < depth; i++) {
            value = i % 2 == 0 ? List.of(value) : Map.of("a", value);
        }
        return value;
    }
}
