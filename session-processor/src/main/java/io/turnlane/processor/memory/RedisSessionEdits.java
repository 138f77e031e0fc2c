package io.turnlane.processor.memory;

import io.turnlane.model.Checksummed;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.MemoryKeys;
import io.turnlane.model.MergePatch;
import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.SessionKey;
import io.turnlane.model.SessionState;
import io.turnlane.model.TurnError;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.memory.RedisScripts.Reply;
import io.turnlane.processor.memory.RedisScripts.Script;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Changes of sessions in Redis: one script each, after what scripts can't do was done here. Safe for threads. */
public final class RedisSessionEdits implements SessionEdits {

    /** Only one lane writes a session's metadata; gateways make it once. */
    private static final int MOST_MOVES = 5;

    /** Gateways bound what a patch may lead to; patches that overtake each other may pass that, and end here. */
    private static final int MOST_METADATA = 64 * 1024;

    private static final TurnError NO_SESSION = TurnError.of(ErrorCode.NOT_FOUND, "There is no such session any more.");
    private static final TurnError BEING_MADE = TurnError.of(ErrorCode.SESSION_BUSY, "A fork is making this session.");
    private static final TurnError EXISTS = TurnError.of(ErrorCode.SESSION_EXISTS, "There is such a session already.");
    private static final TurnError TOO_LARGE =
            TurnError.of(ErrorCode.METADATA_TOO_LARGE, "The session's metadata would be too large.");

    private final Script update = RedisScripts.load("receipt", "update");
    private final Script replace = RedisScripts.load("receipt", "import");
    private final Script snapshot = RedisScripts.load("receipt", "snapshot");
    private final Script settle = RedisScripts.load("receipt", "settle");
    private final Script unreserve = RedisScripts.load("unreserve");

    private final StringRedisTemplate redis;
    private final RedisScripts scripts;
    private final StoredValueReader stored;
    private final SessionCache cache;
    private final MemoryLimits limits;
    private final WireFormat wire;

    public RedisSessionEdits(
            StringRedisTemplate redis,
            SessionCache cache,
            MemoryLimits limits,
            WireFormat wire,
            DamageObserver damage) {
        this.redis = redis;
        this.scripts = new RedisScripts(redis);
        this.stored = new StoredValueReader(redis, wire, damage);
        this.cache = cache;
        this.limits = limits;
        this.wire = wire;
    }

    @Override
    public EditResult update(FlightRef flight, UpdateSession command, EditConditions terms) {
        for (int moves = 0; moves < MOST_MOVES; moves++) {
            String before = command.metadata() == null ? "" : metadata(flight.keys());
            String after = command.metadata() == null ? "" : merged(before, command.metadata());
            if (after.length() > MOST_METADATA) {
                return settle(flight, command, terms, TOO_LARGE);
            }
            Reply reply = run(
                    update,
                    flight,
                    command,
                    terms,
                    before,
                    after,
                    command.agent() == null ? "" : command.agent(),
                    command.ttl() == null ? "" : command.ttl().toMillis(),
                    wire.writeValue(NO_SESSION),
                    wire.writeValue(BEING_MADE));
            if (!reply.word().equals("MOVED")) {
                return edited(flight, reply);
            }
        }
        throw new MemoryUnavailableException("a session's metadata changed each time that it was read", null);
    }

    private String metadata(MemoryKeys keys) {
        try {
            return Objects.requireNonNullElse(redis.<String, String>opsForHash().get(keys.context(), "metadata"), "{}");
        } catch (DataAccessException e) {
            throw new MemoryUnavailableException("Redis did not hand out a session's metadata", e);
        }
    }

    private String merged(String before, Map<String, Object> patch) {
        return new String(wire.writeValue(MergePatch.apply(object(before), patch)), StandardCharsets.UTF_8);
    }

    /** Metadata that can't be read any more is as good as none. */
    private Map<String, Object> object(String json) {
        try {
            return wire.readObject(json.getBytes(StandardCharsets.UTF_8));
        } catch (UnreadableRecordException e) {
            return Map.of();
        }
    }

    @Override
    public EditResult replace(FlightRef flight, ImportSession command, EditConditions terms) {
        SessionState state = command.state();
        List<Object> arguments = new ArrayList<>(List.of(
                UUID.randomUUID(),
                command.sessionId(),
                command.userId() == null ? "" : command.userId(),
                state.agent(),
                wire.writeValue(state.metadata()),
                state.ttl().toMillis(),
                state.createdAt().toEpochMilli(),
                state.requestCount(),
                state.totalProcessingTime().toMillis(),
                command.forkOf() == null ? 0 : 1,
                wire.writeValue(NO_SESSION),
                wire.writeValue(EXISTS),
                wire.writeValue(BEING_MADE)));
        arguments.addAll(kept(state.turns()));
        return edited(flight, run(replace, flight, command, terms, arguments.toArray()));
    }

    /** As many of the newest as a history holds. */
    private Deque<byte[]> kept(List<PastTurn> turns) {
        Deque<byte[]> blobs = new ArrayDeque<>();
        int bytes = 0;
        for (PastTurn turn : turns.reversed()) {
            byte[] blob = Checksummed.seal(wire.writeValue(turn));
            bytes += blob.length;
            if (blobs.size() == limits.turns() || (bytes > limits.bytes() && !blobs.isEmpty())) {
                break;
            }
            blobs.addFirst(blob);
        }
        return blobs;
    }

    @Override
    public EditResult snapshot(FlightRef flight, ForkSession command, EditConditions terms) {
        Reply reply = run(snapshot, flight, command, terms);
        return switch (reply.word()) {
            case "STATE" -> new EditResult.SnapshotTaken(state(flight.session(), reply));
            case "NONE" -> settle(flight, command, terms, NO_SESSION);
            case "MAKING" -> settle(flight, command, terms, BEING_MADE);
            default -> edited(flight, reply);
        };
    }

    private SessionState state(SessionKey session, Reply reply) {
        return new SessionState(
                reply.text(1),
                object(reply.text(2)),
                Duration.ofMillis(Long.parseLong(reply.text(3))),
                Instant.ofEpochMilli(Long.parseLong(reply.text(4))),
                0,
                Duration.ZERO,
                stored.read(session, reply.blobs(5)).turns());
    }

    @Override
    public EditResult completeFork(FlightRef flight, ForkSession command, @Nullable TurnError error) {
        return settle(flight, command, new EditConditions(false, true), error);
    }

    @Override
    public void abandonFork(ForkSession command, TurnError error) {
        MemoryKeys keys = new MemoryKeys(SessionKey.of(command.userId(), command.into()));
        scripts.run(
                unreserve,
                List.of(keys.context(), keys.request(command.requestId())),
                command.requestId(),
                wire.writeValue(error),
                limits.results().toMillis());
    }

    private EditResult settle(
            FlightRef flight, SessionCommand command, EditConditions terms, @Nullable TurnError error) {
        return edited(flight, run(settle, flight, command, terms, (Object)
                (error == null ? new byte[0] : wire.writeValue(error))));
    }

    private Reply run(Script script, FlightRef flight, SessionCommand command, EditConditions terms, Object... more) {
        MemoryKeys keys = flight.keys();
        List<Object> arguments = new ArrayList<>(List.of(
                flight.fence(),
                flight.partition(),
                flight.offset(),
                flight.loggedAt().toEpochMilli(),
                flight.request(),
                command.type(),
                command.createdAt().toEpochMilli(),
                limits.results().toMillis(),
                limits.running().toMillis(),
                terms.tooOld() ? 1 : 0,
                terms.lossRuledOut() ? 1 : 0));
        Collections.addAll(arguments, more);
        return scripts.run(
                script,
                List.of(
                        keys.context(),
                        keys.history(),
                        keys.request(flight.request()),
                        keys.requestIds(),
                        keys.openRequestIds(),
                        keys.tombstone()),
                arguments.toArray());
    }

    /** What this processor knew of the session may be another now. */
    private EditResult edited(FlightRef flight, Reply reply) {
        cache.invalidate(flight.session());
        return switch (reply.word()) {
            case "DONE" -> new EditResult.EditEnded(reply.text(1).equals("failed"));
            case "FENCED" -> new EditResult.EditFenced();
            case "MISSED" -> new EditResult.RecordMissing();
            default -> throw new IllegalStateException("unexpected reply of a script: " + reply.word());
        };
    }
}
