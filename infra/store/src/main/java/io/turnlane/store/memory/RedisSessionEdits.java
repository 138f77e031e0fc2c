package io.turnlane.store.memory;

import io.turnlane.model.AgentStates;
import io.turnlane.model.ErrorCode;
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
import io.turnlane.model.json.JsonLimits;
import io.turnlane.model.json.MergePatch;
import io.turnlane.store.Checksummed;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.Reply;
import io.turnlane.store.Script;
import io.turnlane.store.request.RequestFields;
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

/**
 * Changes sessions in Redis, with one script per command. This class does the work that scripts can't do, such as
 * merging metadata, before the script runs. Thread-safe.
 */
public final class RedisSessionEdits implements SessionEdits {

    /**
     * Maximum number of attempts to merge metadata. Conflicts are rare: only one lane writes a session's metadata, and
     * gateways write it only when they create the session.
     */
    private static final int MAX_MERGE_ATTEMPTS = 5;

    private static final TurnError NO_SESSION = TurnError.of(ErrorCode.NOT_FOUND, "The session no longer exists.");
    private static final TurnError FORK_IN_PROGRESS =
            TurnError.of(ErrorCode.SESSION_BUSY, "A fork is still creating this session. Try again later.");
    private static final TurnError EXISTS =
            TurnError.of(ErrorCode.SESSION_EXISTS, "A session with this id already exists. Choose another id.");
    private static final TurnError TOO_LARGE = TurnError.of(
            ErrorCode.METADATA_TOO_LARGE, "The session's metadata would become too large. Remove entries first.");

    private static final Script UPDATE = FencedScripts.load("receipt", "update");
    private static final Script REPLACE = FencedScripts.load("receipt", "import");
    private static final Script SNAPSHOT = FencedScripts.load("receipt", "snapshot");
    private static final Script SETTLE = FencedScripts.load("receipt", "settle");
    private static final Script UNRESERVE = FencedScripts.load("unreserve");

    private final StringRedisTemplate redis;
    private final FencedScripts scripts;
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
        this.scripts = new FencedScripts(redis);
        this.stored = new StoredValueReader(redis, wire, damage);
        this.cache = cache;
        this.limits = limits;
        this.wire = wire;
    }

    @Override
    public EditResult update(FlightRef flight, UpdateSession command, EditConditions conditions) {
        for (int attempt = 0; attempt < MAX_MERGE_ATTEMPTS; attempt++) {
            String before = command.metadata() == null ? "" : metadata(flight.keys());
            String after = command.metadata() == null ? "" : merged(before, command.metadata());
            // A gateway checks each patch, but not the result of several patches that are queued at the same time.
            if (after.getBytes(StandardCharsets.UTF_8).length > JsonLimits.MAX_METADATA_BYTES) {
                return settle(flight, command, conditions, TOO_LARGE);
            }
            Reply reply = run(
                    UPDATE,
                    flight,
                    command,
                    conditions,
                    before,
                    after,
                    command.agent() == null ? "" : command.agent(),
                    command.ttl() == null ? "" : command.ttl().toMillis(),
                    wire.writeValue(NO_SESSION),
                    wire.writeValue(FORK_IN_PROGRESS));
            if (!reply.word().equals("MOVED")) {
                return edited(flight, reply);
            }
        }
        throw new IllegalStateException("a session's metadata changed during every attempt to merge it");
    }

    private String metadata(MemoryKeys keys) {
        try {
            return Objects.requireNonNullElse(redis.<String, String>opsForHash().get(keys.context(), "metadata"), "{}");
        } catch (DataAccessException e) {
            throw RedisFailures.of("reading a session's metadata from Redis failed", e);
        }
    }

    private String merged(String before, Map<String, Object> patch) {
        return new String(wire.writeValue(MergePatch.apply(object(before), patch)), StandardCharsets.UTF_8);
    }

    /** Returns stored metadata, or an empty object if it can't be read. */
    private Map<String, Object> object(String json) {
        try {
            return wire.readObject(json.getBytes(StandardCharsets.UTF_8));
        } catch (UnreadableRecordException e) {
            return Map.of();
        }
    }

    @Override
    public EditResult replace(FlightRef flight, ImportSession command, EditConditions conditions) {
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
                wire.writeValue(FORK_IN_PROGRESS),
                sealed(state.agentStates())));
        arguments.addAll(kept(state.turns()));
        return edited(flight, run(REPLACE, flight, command, conditions, arguments.toArray()));
    }

    private Object sealed(AgentStates states) {
        return states.byAgent().isEmpty() ? "" : Checksummed.seal(wire.writeValue(states));
    }

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
    public EditResult snapshot(FlightRef flight, ForkSession command, EditConditions conditions) {
        Reply reply = run(SNAPSHOT, flight, command, conditions);
        cache.invalidate(flight.session()); // the script has possibly stored that memory was lost
        return switch (reply.word()) {
            case "STATE" -> new EditResult.SnapshotTaken(state(flight.session(), reply));
            case "NONE" -> settle(flight, command, conditions, NO_SESSION);
            case "MAKING" -> settle(flight, command, conditions, FORK_IN_PROGRESS);
            default -> edited(flight, reply);
        };
    }

    private SessionState state(SessionKey session, Reply reply) {
        return new SessionState(
                reply.text(1),
                object(reply.text(2)),
                Objects.requireNonNullElse(stored.states(session, reply.bytes(6)), AgentStates.NONE),
                reply.millis(3),
                Instant.ofEpochMilli(reply.wholeNumber(4)),
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
                UNRESERVE,
                List.of(keys.context(), keys.request(command.requestId()), keys.history()),
                command.requestId(),
                wire.writeValue(error),
                limits.results().toMillis());
    }

    private EditResult settle(
            FlightRef flight, SessionCommand command, EditConditions conditions, @Nullable TurnError error) {
        return edited(flight, run(SETTLE, flight, command, conditions, (Object)
                (error == null ? new byte[0] : wire.writeValue(error))));
    }

    private Reply run(
            Script script, FlightRef flight, SessionCommand command, EditConditions conditions, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of(
                flight.fence(),
                flight.partition(),
                flight.offset(),
                flight.loggedAt().toEpochMilli(),
                flight.request(),
                command.createdAt().toEpochMilli(),
                limits.results().toMillis(),
                conditions.tooOld() ? 1 : 0,
                conditions.lossRuledOut() ? 1 : 0));
        arguments.addAll(RequestFields.ofCommand(typeOfRequest(command)));
        Collections.addAll(arguments, more);
        return scripts.run(script, flight.requestKeys(), arguments.toArray());
    }

    /**
     * Returns the command type that clients see in the request record. The import that completes a fork has the request
     * id of the fork, so its type is that of a fork, too.
     */
    private static String typeOfRequest(SessionCommand command) {
        boolean copy = command instanceof ImportSession imported && imported.forkOf() != null;
        return copy ? ForkSession.TYPE : command.type();
    }

    private EditResult edited(FlightRef flight, Reply reply) {
        cache.invalidate(flight.session()); // the command may have changed the session
        return switch (reply.word()) {
            case "DONE" -> new EditResult.EditEnded(reply.text(1).equals("failed"));
            case "MISSED" -> new MemoryResult.DataMissing(reply.number(1) == 1);
            default -> ScriptReplies.notOwned(reply);
        };
    }
}
