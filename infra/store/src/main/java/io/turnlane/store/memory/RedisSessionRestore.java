package io.turnlane.store.memory;

import io.turnlane.model.AgentStates;
import io.turnlane.model.EndCause;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.WireFormat;
import io.turnlane.store.Checksummed;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.MemoryUnavailableException;
import io.turnlane.store.Reply;
import io.turnlane.store.Script;
import io.turnlane.store.memory.RecalledSession.Life;
import io.turnlane.store.memory.SessionCache.CachedSession;
import io.turnlane.store.request.RequestFields;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Restores sessions in Redis. If Redis has no data of a session, one script stores the session. Otherwise this class
 * reads the stored history, merges it with the turns from the log, and lets the script store the result. The script
 * rejects the merged history if the session has changed since the read. This class then tries again. Thread-safe.
 */
public final class RedisSessionRestore implements SessionRestore {

    /**
     * Maximum number of attempts to merge a history. An attempt fails only if the session's history changes between the
     * read and the write of this attempt.
     */
    private static final int MAX_ATTEMPTS = 20;

    private static final CachedSession NOTHING = new CachedSession("", Memory.EMPTY);

    private static final Script RESTORE = FencedScripts.load("restore");

    private final FencedScripts scripts;
    private final StoredValueReader stored;
    private final MemoryLimits limits;
    private final WireFormat wire;

    public RedisSessionRestore(StringRedisTemplate redis, MemoryLimits limits, WireFormat wire, DamageObserver damage) {
        this.scripts = new FencedScripts(redis);
        this.stored = new StoredValueReader(redis, wire, damage);
        this.limits = limits;
        this.wire = wire;
    }

    @Override
    public RestoreResult restore(RecalledSession recalled, long fence, int partition, @Nullable RequestId wantedBy) {
        CachedSession seen = NOTHING;
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Reply reply = run(recalled, seen, fence, partition, wantedBy);
            switch (reply.word()) {
                case "RESTORED" -> {
                    return new RestoreResult(false, reply.number(1));
                }
                case "FENCED" -> {
                    return RestoreResult.FENCED;
                }
                case "MOVED" -> seen = readStored(recalled);
                default -> throw reply.unexpected();
            }
        }
        throw new MemoryUnavailableException("a session changed during every attempt to merge its history", null);
    }

    private CachedSession readStored(RecalledSession recalled) {
        return stored.fetch(recalled.session())
                .map(StoredValueReader.FetchedSession::entry)
                .orElse(NOTHING);
    }

    private Reply run(
            RecalledSession recalled, CachedSession seen, long fence, int partition, @Nullable RequestId wantedBy) {
        MemoryKeys keys = new MemoryKeys(recalled.session());
        List<Object> arguments = new ArrayList<>(List.of(
                fence,
                partition,
                keys.requestPrefix(),
                limits.results().toMillis(),
                limits.tombstones().toMillis(),
                wantedBy == null ? "" : wantedBy));
        addDeletion(arguments, recalled);
        arguments.add(seen.version());
        arguments.add(UUID.randomUUID());
        addLife(arguments, recalled);
        List<EndedTurn> ended = new ArrayList<>(recalled.redeliverable());
        ended.addAll(recalled.turns());
        arguments.add(ended.size());
        arguments.add(recalled.open().size());
        arguments.add(limits.life().toMillis());
        Map<String, Object> metadata =
                recalled.life() == null ? null : recalled.life().metadata();
        arguments.add(metadata == null ? "" : wire.writeValue(metadata));
        arguments.add(recalled.edits().size());
        addInitialTurns(arguments, recalled);
        AgentStates states = recalled.life() == null ? null : recalled.life().states();
        arguments.add(states == null ? "" : Checksummed.seal(wire.writeValue(states)));
        ended.forEach(turn -> addEnd(arguments, turn));
        recalled.open().forEach(turn -> addOpen(arguments, turn));
        recalled.edits().forEach(edit -> addEdit(arguments, edit));
        addHistory(arguments, recalled, seen);
        return scripts.run(
                RESTORE,
                List.of(
                        keys.context(),
                        keys.history(),
                        keys.lastRebuild(),
                        keys.requestIds(),
                        keys.openRequestIds(),
                        keys.tombstone()),
                arguments.toArray());
    }

    private static void addDeletion(List<Object> arguments, RecalledSession recalled) {
        RecalledSession.Deletion deletion = recalled.deletion();
        arguments.add(deletion == null ? "" : deletion.offset());
        arguments.add(deletion == null ? "" : deletion.loggedAt().toEpochMilli());
    }

    private static void addInitialTurns(List<Object> arguments, RecalledSession recalled) {
        RecalledSession.InitialTurns initial = recalled.initialTurns();
        arguments.add(initial == null ? "" : initial.offset());
        arguments.add(initial == null ? "" : initial.loggedAt().toEpochMilli());
    }

    private static void addLife(List<Object> arguments, RecalledSession recalled) {
        Life life = recalled.life();
        arguments.add(recalled.session().sessionId());
        if (life == null) {
            arguments.addAll(List.of("", "", 0, 0, 0, 0, 0));
            return;
        }
        arguments.add(life.userId() == null ? "" : life.userId());
        arguments.add(life.agent());
        arguments.add(life.createdAt().toEpochMilli());
        arguments.add(life.lastActivity().toEpochMilli());
        arguments.add(life.ttl().toMillis());
        arguments.add(life.turns());
        arguments.add(life.processingTime().toMillis());
    }

    private void addEnd(List<Object> arguments, EndedTurn turn) {
        EndCause cause = turn.cause();
        arguments.addAll(List.of(
                turn.requestId(),
                turn.offset(),
                turn.loggedAt().toEpochMilli(),
                turn.ask().agent(),
                turn.ask().createdAt().toEpochMilli(),
                turn.status().wire(),
                turn.attempt(),
                turn.answer() == null ? "" : Checksummed.seal(wire.writeValue(turn.answer())),
                turn.error() == null ? "" : wire.writeValue(turn.error()),
                turn.startedAt().toEpochMilli(),
                turn.endedAt().toEpochMilli(),
                wire.writeValue(phases(turn)),
                cause == null ? "" : cause.reason(),
                cause == null || cause.by() == null ? "" : cause.by()));
        arguments.addAll(RequestFields.ofEndedQuestion(turn.ask(), turn.usage()));
    }

    /** Returns the times of the lifecycle phases that the log records. The times of the other phases are lost. */
    private static Map<Phase, Long> phases(EndedTurn turn) {
        Map<Phase, Long> phases = new EnumMap<>(Phase.class);
        phases.put(Phase.RECEIVED, turn.ask().createdAt().toEpochMilli());
        phases.put(Phase.QUEUED, turn.loggedAt().toEpochMilli());
        phases.put(Phase.PROVIDER_CALL_START, turn.startedAt().toEpochMilli());
        Phase failed = turn.error() == null ? Phase.ERROR : Phase.ofError(turn.error());
        phases.put(turn.isCompleted() ? Phase.COMPLETED : failed, turn.endedAt().toEpochMilli());
        return phases;
    }

    private void addOpen(List<Object> arguments, OpenTurn turn) {
        Ask ask = turn.ask();
        CancelTurn cancel = turn.cancel();
        arguments.addAll(List.of(
                turn.requestId(),
                turn.offset(),
                turn.loggedAt().toEpochMilli(),
                ask.agent(),
                ask.createdAt().toEpochMilli(),
                ask.deadline() == null ? "" : ask.deadline().toMillis(),
                turn.attempt(),
                wire.writeValue(Map.of(
                        Phase.RECEIVED, ask.createdAt().toEpochMilli(),
                        Phase.QUEUED, turn.loggedAt().toEpochMilli())),
                turn.mergedQuestions().isEmpty() ? "" : wire.writeValue(mergedQuestions(turn)),
                cancel == null ? "" : cancel.createdAt().toEpochMilli(),
                cancel == null || cancel.reason() == null ? "" : cancel.reason()));
        arguments.addAll(RequestFields.ofQuestion(ask, turn.eventsFrom()));
    }

    private static List<Map<String, String>> mergedQuestions(OpenTurn turn) {
        return turn.mergedQuestions().entrySet().stream()
                .map(merged -> Map.of("request_id", merged.getKey().toString(), "question", merged.getValue()))
                .toList();
    }

    private static void addEdit(List<Object> arguments, RecalledSession.Edit edit) {
        arguments.addAll(List.of(
                edit.command().requestId(),
                edit.offset(),
                edit.loggedAt().toEpochMilli(),
                edit.command().createdAt().toEpochMilli()));
        arguments.addAll(RequestFields.ofCommand(edit.command().type()));
    }

    private void addHistory(List<Object> arguments, RecalledSession recalled, CachedSession seen) {
        List<EndedTurn> kept =
                recalled.turns().stream().filter(EndedTurn::isKeptInHistory).toList();
        boolean hasInitialTurns = recalled.initialTurns() != null
                && !recalled.initialTurns().turns().isEmpty();
        if (recalled.life() == null || (kept.isEmpty() && !hasInitialTurns)) {
            return;
        }
        for (MergedHistory.MergedTurn entry : MergedHistory.of(
                        seen.memory().turns(), kept, recalled.initialTurns(), limits, wire)
                .entries()) {
            MergedHistory.SourceCommand turn = entry.recalled();
            arguments.add(turn == null ? "" : turn.offset());
            arguments.add(turn == null ? "" : turn.loggedAt().toEpochMilli());
            arguments.add(entry.blob());
        }
    }
}
