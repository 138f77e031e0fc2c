package io.turnlane.chaos.scenario;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.turnlane.chaos.history.LineWriter;
import io.turnlane.chaos.history.RunFolder;
import io.turnlane.chaos.history.StoredSession;
import io.turnlane.chaos.history.StoredSession.RememberedTurn;
import io.turnlane.chaos.history.StoredSession.RequestState;
import io.turnlane.chaos.load.Canary;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.store.Checksummed;
import io.turnlane.store.CorruptValueException;
import io.turnlane.store.MemoryKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Copies the memory and request records of a run's sessions from Redis to the run's folder. */
final class MemoryDump {

    private static final WireFormat WIRE = new WireFormat();

    private final RunFolder folder;

    MemoryDump(RunFolder folder) {
        this.folder = folder;
    }

    void write(String redisUrl, Collection<String> sessions) throws IOException {
        RedisClient client = RedisClient.create(RedisURI.create(redisUrl));
        try (StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
                LineWriter lines = LineWriter.buffered(folder.memory())) {
            for (String session : sessions) {
                lines.write(state(connection.sync(), session));
            }
        } finally {
            client.shutdown();
        }
    }

    private static StoredSession state(RedisCommands<byte[], byte[]> redis, String session) {
        SessionKey key = SessionKey.of(null, new SessionId(session));
        MemoryKeys keys = new MemoryKeys(key);
        List<RememberedTurn> turns = redis.lrange(bytes(keys.history()), 0, -1).stream()
                .map(MemoryDump::remembered)
                .toList();
        List<RequestState> requests = new ArrayList<>();
        for (byte[] request : redis.zrange(bytes(keys.requestIds()), 0, -1)) {
            RequestState state = request(redis, keys, text(request));
            if (state != null) {
                requests.add(state);
            }
        }
        List<String> open = redis.zrange(bytes(keys.openRequestIds()), 0, -1).stream()
                .map(MemoryDump::text)
                .toList();
        return new StoredSession(session, key.toString(), turns, redis.pttl(bytes(keys.context())), open, requests);
    }

    private static @Nullable RequestState request(RedisCommands<byte[], byte[]> redis, MemoryKeys keys, String id) {
        byte[] record = bytes(keys.request(RequestId.parse(id)));
        byte[] status = redis.hget(record, bytes("status"));
        byte[] attempt = redis.hget(record, bytes("attempt"));
        return status == null
                ? null
                : new RequestState(id, text(status), attempt == null ? 0 : Integer.parseInt(text(attempt)));
    }

    /**
     * Parses a turn in memory. An unreadable entry gets an id that matches no request, so that the checker reports it.
     */
    private static RememberedTurn remembered(byte[] blob) {
        try {
            PastTurn turn = WIRE.read(Checksummed.open(blob), PastTurn.class);
            return new RememberedTurn(turn.requestId().toString(), Canary.in(turn.question()), turn.answer());
        } catch (CorruptValueException | UnreadableRecordException e) {
            return new RememberedTurn("unreadable: " + e.getMessage(), null, null);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
