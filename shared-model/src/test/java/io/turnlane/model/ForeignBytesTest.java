package io.turnlane.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * For any bytes, readers return a value or throw their declared exception and nothing else. A value that was read is
 * equal after it is written and read again. Normal test runs use the stored inputs. {@code JAZZER_FUZZ=1} generates new
 * ones.
 */
class ForeignBytesTest {

    private static final List<Class<?>> VALUES = List.of(
            PastTurn.class,
            Answer.class,
            TurnError.class,
            ProcessorStatistics.class,
            AgentDescription.class,
            Source.class,
            Usage.class);

    private final WireFormat wire = new WireFormat();

    @FuzzTest(maxDuration = "1m")
    void commands(byte[] bytes) {
        for (String type : new String[] {SessionCommand.Ask.TYPE, SessionCommand.DeleteSession.TYPE, "other", null}) {
            try {
                SessionCommand command = wire.readCommand(type, bytes);
                assertThat(wire.readCommand(type, wire.write(command))).isEqualTo(command);
                assertThat(SessionKey.parse(command.key().toString())).isEqualTo(command.key());
            } catch (UnreadableRecordException e) {
                assertThat(e).hasMessageNotContaining("\n");
            }
        }
    }

    @FuzzTest(maxDuration = "1m")
    void values(byte[] bytes) {
        for (Class<?> type : VALUES) {
            try {
                Object value = wire.read(bytes, type);
                assertThat(wire.read(wire.writeValue(value), type)).isEqualTo(value);
            } catch (UnreadableRecordException e) {
                assertThat(e).hasMessageNotContaining("\n");
            }
        }
    }

    @FuzzTest(maxDuration = "1m")
    void objects(byte[] bytes) {
        try {
            Map<String, Object> object = wire.readObject(bytes);
            assertThat(wire.readObject(wire.writeValue(object))).isEqualTo(object);
        } catch (UnreadableRecordException e) {
            assertThat(e).hasMessageNotContaining("\n");
        }
    }

    @Test
    void readsEveryKindOfValueInAnObject() throws UnreadableRecordException {
        String json =
                "{\"n\":2.5,\"a\":[1,2.5,null,true]," + "\"b\":{\"c\":\"ü\",\"d\":123456789012345678901234567890}}";
        Map<String, Object> object = wire.readObject(json.getBytes(StandardCharsets.UTF_8));
        assertThat(object)
                .containsOnly(
                        entry("n", 2.5),
                        entry("a", Arrays.asList(1, 2.5, null, true)),
                        entry("b", Map.of("c", "ü", "d", new BigInteger("123456789012345678901234567890"))));
    }

    @FuzzTest(maxDuration = "1m")
    void ids(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        readsBack(text, SessionKey::parse);
        readsBack(text, SessionId::new);
        readsBack(text, id -> RequestId.parse(id.toLowerCase(Locale.ROOT)));
        assertThat(WireFormat.isReadable(text)).isEqualTo(text.startsWith("1."));
    }

    private interface Reader {
        Object read(String text);
    }

    private static void readsBack(String text, Reader reader) {
        Object id;
        try {
            id = reader.read(text);
        } catch (IllegalArgumentException e) {
            return;
        }
        assertThat(reader.read(id.toString())).isEqualTo(id);
        assertThat(id.toString()).as("each id has one text form").isEqualToIgnoringCase(text);
    }
}
