package io.turnlane.gateway.turns.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.turnlane.gateway.turns.deliver.Cursor.ReducerState;
import io.turnlane.gateway.turns.deliver.Cursor.RequestProgress;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {

    private static final SessionKey SESSION = SessionKey.of(null, new SessionId("mine"));
    private static final RequestId REQUEST = new RequestId(UUID.fromString("0192f1de-7a3c-7000-8000-000000000001"));

    private static final ReducerState SEEN =
            new ReducerState(new RequestProgress(REQUEST, 1, 4, false, true), 17, true);

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void readsBackWhatItWrites() {
        for (int i = 0; i < 200; i++) {
            RequestProgress progress = random.nextInt(4) == 0
                    ? null
                    : new RequestProgress(
                            REQUEST, random.nextInt(100), random.nextInt(), random.nextBoolean(), random.nextBoolean());
            ReducerState state = new ReducerState(progress, random.nextLong(Long.MAX_VALUE), random.nextBoolean());
            Cursor cursor = Cursor.of(SESSION, random.nextInt(1_000), random.nextLong(Long.MAX_VALUE), state);
            assertThat(Cursor.parse(cursor.toString())).as("seed %d", seed).isEqualTo(cursor);
        }
    }

    @Test
    void needsNoEscapingInAHeaderOrAUrl() {
        assertThat(Cursor.at(SESSION, 31, Long.MAX_VALUE).toString()).matches("[A-Za-z0-9_-]{72}");
    }

    @Test
    void belongsToItsSessionOnly() {
        Cursor cursor = Cursor.at(SESSION, 0, 0);
        assertThat(cursor.belongsTo(SESSION)).isTrue();
        assertThat(cursor.belongsTo(SessionKey.of("ada", new SessionId("mine"))))
                .isFalse();
    }

    @Test
    void recordsIfTheTerminalEventWasSeen() {
        Cursor before = Cursor.of(SESSION, 0, 0, SEEN);
        assertThat(before.hasEnd(REQUEST)).isFalse();
        assertThat(before.isBeforeEnd(REQUEST)).isTrue();
        Cursor after = before.ended(REQUEST, 1);
        assertThat(after.hasEnd(REQUEST)).isTrue();
        assertThat(after.isBeforeEnd(REQUEST)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "AAAA", "not base64!", "null", "0"})
    void rejectsGarbage(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Cursor.parse(text));
    }

    @Test
    void rejectsEveryChangeOfASingleCharacter() {
        String text = Cursor.of(SESSION, 3, 12_345, SEEN).toString();
        for (int i = 0; i < text.length(); i++) {
            String changed = text.substring(0, i) + (text.charAt(i) == 'A' ? 'B' : 'A') + text.substring(i + 1);
            assertThatIllegalArgumentException().as("character %d", i).isThrownBy(() -> Cursor.parse(changed));
        }
    }
}
