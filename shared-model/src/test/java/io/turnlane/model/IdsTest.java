package io.turnlane.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ".", "..", "a b", "a/b", "a:b", "{a}", "é", "a\n"})
    void rejectsSessionIdsThatDoNotSurviveInAUrl(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> new SessionId(text));
    }

    @Test
    void rejectsSessionIdsOfMoreThan128Characters() {
        assertThat(new SessionId("x".repeat(128)).value()).hasSize(128);
        assertThatIllegalArgumentException().isThrownBy(() -> new SessionId("x".repeat(129)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1-1-1-1-1", "0192f1de-7a3c-7000-8000-00000000000g"})
    void rejectsRequestIdsThatAreNotUuids(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> RequestId.parse(text));
    }

    @Test
    void separatesEqualSessionIdsOfDifferentUsers() {
        SessionId same = new SessionId("mine");
        SessionKey nobody = SessionKey.of(null, same);
        SessionKey ada = SessionKey.of("ada", same);
        assertThat(nobody).hasToString("-:mine").isNotEqualTo(ada);
        assertThat(ada).isNotEqualTo(SessionKey.of("bob", same)).isEqualTo(SessionKey.of("ada", same));
        assertThat(SessionKey.parse(ada.toString())).isEqualTo(ada);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mine", ":mine", "-:", "x:mine", "-:a:b"})
    void rejectsInvalidSessionKeys(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> SessionKey.parse(text));
    }
}
