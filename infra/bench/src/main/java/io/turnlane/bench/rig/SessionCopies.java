package io.turnlane.bench.rig;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RestoreArgs;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Fills Redis with sessions by copying the keys of one session. Does not depend on the format of the keys, as long as
 * they contain the id of their session.
 */
public final class SessionCopies {

    private static final int PIPELINED = 2000;
    private static final Duration REPLY_LIMIT = Duration.ofSeconds(60);

    private SessionCopies() {}

    /** A key of the copied session: its name, its value in the format of {@code DUMP}, and its remaining time. */
    private record StoredKey(String name, byte[] value, long ttlMillis) {}

    /**
     * Copies a session.
     *
     * @param session id of the session to copy
     * @param count number of copies
     * @param progress called with the number of copies that exist, now and then
     * @throws IllegalStateException if Redis has no key of this session, or does not reply in time
     */
    public static void create(String redisUrl, String session, int count, IntConsumer progress)
            throws InterruptedException {
        try (RedisClient client = RedisClient.create(redisUrl);
                StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE)) {
            List<StoredKey> keys = keysOf(connection.sync(), session);
            if (keys.isEmpty()) {
                throw new IllegalStateException("Redis has no keys of the session " + session);
            }
            RedisAsyncCommands<byte[], byte[]> redis = connection.async();
            List<RedisFuture<String>> open = new ArrayList<>();
            for (int number = 0; number < count; number++) {
                for (StoredKey key : keys) {
                    byte[] name = bytes(key.name().replace(session, "copy-" + number));
                    RestoreArgs args = RestoreArgs.Builder.ttl(key.ttlMillis()).replace();
                    open.add(redis.restore(name, key.value(), args));
                }
                if (open.size() >= PIPELINED) {
                    await(open);
                    progress.accept(number + 1);
                }
            }
            await(open);
        }
    }

    private static void await(List<RedisFuture<String>> open) {
        if (!LettuceFutures.awaitAll(REPLY_LIMIT, open.toArray(RedisFuture[]::new))) {
            throw new IllegalStateException("Redis did not store the copies in time.");
        }
        open.clear();
    }

    private static List<StoredKey> keysOf(RedisCommands<byte[], byte[]> redis, String session) {
        List<StoredKey> keys = new ArrayList<>();
        ScanArgs args = ScanArgs.Builder.matches("*" + session + "*").limit(10_000);
        ScanCursor position = ScanCursor.INITIAL;
        while (!position.isFinished()) {
            KeyScanCursor<byte[]> page = redis.scan(position, args);
            for (byte[] name : page.getKeys()) {
                long ttl = Math.max(0, redis.pttl(name));
                keys.add(new StoredKey(new String(name, StandardCharsets.UTF_8), redis.dump(name), ttl));
            }
            position = page;
        }
        return keys;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
