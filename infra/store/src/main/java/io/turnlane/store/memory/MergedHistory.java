package io.turnlane.store.memory;

import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.WireFormat;
import io.turnlane.store.Checksummed;
import io.turnlane.store.memory.RecalledSession.InitialTurns;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A session's history, merged from the turns stored in Redis and the turns read from the log. The turns are ordered
 * oldest first and are within the size limits. Each turn occurs once. If Redis and the log both contain a turn, the one
 * from Redis is used.
 *
 * @param entries the merged turns; empty if Redis already stores all turns of the log that fit into the history
 */
record MergedHistory(List<MergedTurn> entries) {

    /**
     * A turn of the merged history.
     *
     * @param blob the turn as it is stored
     * @param recalled the command that the turn comes from; null if Redis already stores the turn
     */
    record MergedTurn(byte[] blob, @Nullable SourceCommand recalled) {}

    /** Offset in the turns topic and timestamp of a command. */
    record SourceCommand(long offset, Instant loggedAt) {}

    /**
     * Merges the histories.
     *
     * @param initialTurns turns of the import or fork with which the session's current life began, which precede
     *     {@code recalled}; null if there was none
     */
    static MergedHistory of(
            List<PastTurn> stored,
            List<EndedTurn> recalled,
            @Nullable InitialTurns initialTurns,
            MemoryLimits limits,
            WireFormat wire) {
        Map<RequestId, SourceCommand> missing = new LinkedHashMap<>();
        if (initialTurns != null) {
            SourceCommand command = new SourceCommand(initialTurns.offset(), initialTurns.loggedAt());
            initialTurns.turns().forEach(turn -> missing.put(turn.requestId(), command));
        }
        recalled.forEach(turn -> missing.put(turn.requestId(), new SourceCommand(turn.offset(), turn.loggedAt())));
        stored.forEach(turn -> missing.remove(turn.requestId()));
        Deque<MergedTurn> kept = new ArrayDeque<>();
        int bytes = 0;
        for (PastTurn turn : inOrder(stored, recalled, initialTurns).reversed()) {
            byte[] blob = Checksummed.seal(wire.writeValue(turn));
            bytes += blob.length;
            if (kept.size() == limits.turns() || (bytes > limits.bytes() && !kept.isEmpty())) {
                break;
            }
            kept.addFirst(new MergedTurn(blob, missing.get(turn.requestId())));
        }
        boolean addsTurns = kept.stream().anyMatch(entry -> entry.recalled() != null);
        return new MergedHistory(addsTurns ? List.copyOf(kept) : List.of());
    }

    /**
     * Returns all turns in the order of the log. A stored turn that the log does not contain comes first if it ended
     * before the log's first turn ended. Otherwise it comes last.
     */
    private static List<PastTurn> inOrder(
            List<PastTurn> stored, List<EndedTurn> recalled, @Nullable InitialTurns initialTurns) {
        Map<RequestId, PastTurn> byRequest = new LinkedHashMap<>();
        stored.forEach(turn -> byRequest.put(turn.requestId(), turn));
        List<PastTurn> first = initialTurns == null ? List.of() : importedFirst(byRequest, recalled, initialTurns);
        List<PastTurn> logged = new ArrayList<>();
        for (EndedTurn turn : recalled) {
            PastTurn known = byRequest.remove(turn.requestId());
            logged.add(known == null ? turn.toPastTurn() : known);
        }
        List<PastTurn> all = new ArrayList<>();
        for (PastTurn other : byRequest.values()) {
            if (!recalled.isEmpty()
                    && other.timestamp().isBefore(recalled.getFirst().endedAt())) {
                all.add(other);
            }
        }
        byRequest.values().removeAll(all);
        all.addAll(0, first);
        all.addAll(logged);
        all.addAll(byRequest.values());
        return all;
    }

    /**
     * Returns the turns of the import or fork. Removes stored turns that ended before the import or fork, because the
     * import or fork replaced them.
     */
    private static List<PastTurn> importedFirst(
            Map<RequestId, PastTurn> stored, List<EndedTurn> recalled, InitialTurns initialTurns) {
        List<PastTurn> first = new ArrayList<>();
        for (PastTurn turn : initialTurns.turns()) {
            PastTurn known = stored.remove(turn.requestId());
            first.add(known == null ? turn : known);
        }
        Set<RequestId> later = new HashSet<>();
        recalled.forEach(turn -> later.add(turn.requestId()));
        stored.values()
                .removeIf(turn ->
                        !later.contains(turn.requestId()) && turn.timestamp().isBefore(initialTurns.loggedAt()));
        return first;
    }
}
