package io.turnlane.processor;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.turnlane.backends.TestBackends;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.TurnLogFixture.PublishedEvent;
import io.turnlane.store.Checksummed;
import io.turnlane.store.MemoryKeys;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Base of the tests of a rebuild: one session, and the log that its memory is rebuilt from. */
abstract class RebuildTests {

    static final Duration SOON = Duration.ofSeconds(30);
    static final WireFormat WIRE = new WireFormat();

    final TurnLogFixture log = new TurnLogFixture(1);
    final SessionId session = SessionId.random();
    final MemoryKeys keys = new MemoryKeys(SessionKey.of(null, session));
    ConfigurableApplicationContext processor;
    int asked;

    @AfterEach
    void stop() {
        processor.close();
        log.close();
    }

    static RequestId id() {
        return new RequestId(UUID.randomUUID());
    }

    Ask answer(String question) {
        return put(TestProcessors.ask(session, question, Map.of()));
    }

    Ask put(Ask ask) {
        log.publish(ask);
        log.awaitTerminals(++asked, SOON);
        return ask;
    }

    void flush() {
        redis().execute((RedisCallback<Object>) connection -> {
            connection.serverCommands().flushAll();
            return null;
        });
    }

    /** Clears Redis while no processor is running. */
    static void flushFromOutside() {
        try (RedisClient client = RedisClient.create(TestBackends.shared().redisUrl());
                StatefulRedisConnection<String, String> connection = client.connect()) {
            connection.sync().flushall();
        }
    }

    List<String> questions() {
        return history().stream().map(PastTurn::question).toList();
    }

    List<PastTurn> history() {
        byte[] key = keys.history().getBytes();
        List<byte[]> blobs = redis().execute((RedisCallback<List<byte[]>>)
                connection -> connection.listCommands().lRange(key, 0, -1));
        return blobs.stream().map(RebuildTests::open).toList();
    }

    static PastTurn open(byte[] blob) {
        try {
            return WIRE.read(Checksummed.open(blob), PastTurn.class);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    Object context(String field) {
        return redis().opsForHash().get(keys.context(), field);
    }

    PublishedEvent started(Ask ask) {
        return log.events().stream()
                .filter(event -> isOf(event, "started", ask))
                .findFirst()
                .orElseThrow();
    }

    static boolean isOf(PublishedEvent event, String type, Ask ask) {
        return event.type().equals(type)
                && event.requestId().equals(ask.requestId().toString());
    }

    StringRedisTemplate redis() {
        return processor.getBean(StringRedisTemplate.class);
    }
}
