package io.turnlane.gateway.guard.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.ApiKey;
import io.turnlane.model.Scope;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyRingTest {

    private static final SecureRandom RANDOM = new SecureRandom();

    private Instant now = Instant.parse("2026-11-21T06:00:00Z");
    private final KeyRing ring = new KeyRing(() -> now);

    private ApiKey stored(KeySecret secret) {
        return secret.stored("alice", Set.of(Scope.READ), null, now, now.plusSeconds(60));
    }

    @Test
    void findsAKeyOnlyByItsExactText() {
        KeySecret secret = KeySecret.random(RANDOM);
        ApiKey key = stored(secret);
        assertThat(ring.isLoaded()).isFalse();
        ring.replace(List.of(key, stored(KeySecret.random(RANDOM))));
        assertThat(ring.isLoaded()).isTrue();
        String text = secret.reveal();
        assertThat(ring.find(text)).contains(key);
        String otherLastDigit = text.substring(0, text.length() - 1) + (text.endsWith("0") ? "1" : "0");
        for (String wrong :
                new String[] {otherLastDigit, text + "0", text.substring(0, 16), key.id(), key.sha256(), "", " " + text
                }) {
            assertThat(ring.find(wrong)).as(wrong).isEmpty();
        }
        assertThat(secret.toString()).doesNotContain(text.substring(16));
    }

    @Test
    void rejectsAKeyThatIsExpiredOrRevoked() {
        KeySecret secret = KeySecret.random(RANDOM);
        ApiKey key = stored(secret);
        ring.replace(List.of(key));
        assertThat(ring.isValid(key.id())).isTrue();
        ring.replace(List.of(key.revoke(now)));
        assertThat(ring.find(secret.reveal())).isEmpty();
        assertThat(ring.isValid(key.id())).isFalse();
        ring.replace(List.of(key));
        now = now.plusSeconds(60);
        assertThat(ring.find(secret.reveal())).isEmpty();
        assertThat(ring.isValid(key.id())).isFalse();
    }
}
