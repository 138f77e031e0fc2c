package io.turnlane.gateway.guard.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedOriginsTest {

    @Test
    void allowsListedOriginsAndNoSimilarOnes() {
        AllowedOrigins origins = new AllowedOrigins(List.of("https://Chat.example", " http://localhost:5173"));
        assertThat(origins.allowsAny()).isFalse();
        assertThat(List.of("https://chat.example", "http://localhost:5173")).allMatch(origins::allows);
        assertThat(List.of(
                        "http://chat.example",
                        "https://chat.example:8443",
                        "https://chat.example.evil.example",
                        "https://my.chat.example",
                        "http://localhost",
                        "null",
                        ""))
                .noneMatch(origins::allows);
    }

    @Test
    void allowsNoneIfNoneIsListedAndAllForAStar() {
        assertThat(new AllowedOrigins(List.of()).allows("https://chat.example")).isFalse();
        AllowedOrigins all = new AllowedOrigins(List.of("*"));
        assertThat(all.allowsAny()).isTrue();
        assertThat(all.allows("https://chat.example")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chat.example",
                "https://chat.example/",
                "https://chat.example/chat",
                "https://chat.example?x",
                "https://me@chat.example",
                "https://*.chat.example",
                "null",
                "",
                "https://",
                "localhost:5173"
            })
    void rejectsTextsThatAreNotOrigins(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AllowedOrigins(List.of(text)))
                .withMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"capacitor://localhost", "chrome-extension://abcdefgh", "http://[::1]:5173"})
    void acceptsOriginsOfAppsAndAddresses(String origin) {
        assertThat(new AllowedOrigins(List.of(origin)).allows(origin)).isTrue();
    }
}
