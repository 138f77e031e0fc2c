package io.turnlane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.WireFormat;
import io.turnlane.store.Checksummed;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Fuzzes stored values: any bytes are either read as a turn or an answer, or reported as damaged and left out. */
class ForeignMemoryTest {

    private static final SessionKey SESSION = SessionKey.of(null, new SessionId("s"));

    private final StoredValueReader stored =
            new StoredValueReader(new StringRedisTemplate(), new WireFormat(), _ -> {});

    /** Each damaged value is logged, and a run reads millions of them. */
    @BeforeAll
    static void disableLog() {
        logs().setLevel(Level.OFF);
    }

    @AfterAll
    static void restoreLog() {
        logs().setLevel(null);
    }

    private static Logger logs() {
        return (Logger) LoggerFactory.getLogger(StoredValueReader.class);
    }

    @FuzzTest(maxDuration = "1m")
    void blobs(byte[] bytes) {
        Memory memory = stored.read(SESSION, List.of(bytes, Checksummed.seal(bytes)));
        assertThat(memory.damaged()).isEqualTo(memory.turns().size() < 2);
        stored.answer(SESSION, bytes);
        stored.answer(SESSION, Checksummed.seal(bytes));
    }
}
