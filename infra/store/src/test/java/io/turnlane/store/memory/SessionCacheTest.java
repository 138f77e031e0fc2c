package io.turnlane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.memory.SessionCache.CachedSession;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SessionCacheTest {

    private final AtomicLong nanos = new AtomicLong();
    private final SessionCache cache = new SessionCache(10, Duration.ofMinutes(5), nanos::get);
    private final SessionKey session = SessionKey.of(null, SessionId.random());
    private final CachedSession entry = new CachedSession("v", Memory.EMPTY);

    @Test
    void keepsAnEntryNoLongerThanItsSession() {
        cache.put(session, entry, Duration.ofSeconds(30));
        pass(Duration.ofSeconds(28));
        assertThat(cache.get(session)).isEqualTo(entry);
        pass(Duration.ofSeconds(1));
        assertThat(cache.get(session))
                .as("the session is about to expire, and must not count as lost")
                .isNull();
    }

    @Test
    void keepsAnEntryNoLongerThanTheCachesTimeToLive() {
        cache.put(session, entry, Duration.ofDays(1));
        pass(Duration.ofMinutes(4));
        assertThat(cache.get(session)).isEqualTo(entry);
        pass(Duration.ofMinutes(2));
        assertThat(cache.get(session)).isNull();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
