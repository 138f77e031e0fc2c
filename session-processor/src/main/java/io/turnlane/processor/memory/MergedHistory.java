package io.turnlane.processor.memory;

import io.turnlane.model.Checksummed;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.memory.RecalledSession.InitialTurns;
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
 * A history of what is stored and of what the log holds besides, oldest first and within its bounds. Each turn stands
 * in it once; what is stored wins.
 *
 * @param entries nothing where what is stored is all there is to keep
 */
record MergedHistory(List<MergedTurn> entries) {

    /**
     * One turn.
     *
     * @param recalled which command it is from; null where it is stored already
     */
    record MergedTurn(byte[] blob, @Nullable SourceCommand recalled) {}

    /** A command's place in the turns topic, and when it was logged. */
    record SourceCommand(long offset, Instant loggedAt) {}

    /** @param given turns that this life was given, in front of those that were recalled; null where none were */
    static MergedHistory of(
            List<PastTurn> stored,
            List<EndedTurn> recalled,
            @Nullable InitialTurns given,
            MemoryLimits limits,
            WireFormat wire) {
        Map<RequestId, SourceCommand> missing = new LinkedHashMap<>();
        if (given != null) {
            SourceCommand command = new SourceCommand(given.offset(), given.loggedAt());
            given.turns().forEach(turn -> missing.put(turn.requestId(), command));
        }
        recalled.forEach(turn -> missing.put(turn.requestId(), new SourceCommand(turn.offset(), turn.loggedAt())));
        stored.forEach(turn -> missing.remove(turn.requestId()));
        Deque<MergedTurn> kept = new ArrayDeque<>();
        int bytes = 0;
        for (PastTurn turn : inOrder(stored, recalled, given).reversed()) {
            byte[] blob = Checksummed.seal(wire.writeValue(turn));
            bytes += blob.length;
            if (kept.size() == limits.turns() || (bytes > limits.bytes() && !kept.isEmpty())) {
                break;
            }
            kept.addFirst(new MergedTurn(blob, missing.get(turn.requestId())));
        }
        boolean news = kept.stream().anyMatch(entry -> entry.recalled() != null);
        return new MergedHistory(news ? List.copyOf(kept) : List.of());
    }

    /**
     * As the log has them; a stored turn that the log doesn't hold any more, or not yet, is older or newer than all.
     */
    private static List<PastTurn> inOrder(
            List<PastTurn> stored, List<EndedTurn> recalled, @Nullable InitialTurns given) {
        Map<RequestId, PastTurn> byRequest = new LinkedHashMap<>();
        stored.forEach(turn -> byRequest.put(turn.requestId(), turn));
        List<PastTurn> first = given == null ? List.of() : givenFirst(byRequest, recalled, given);
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

    /** What was stored before the life was given its state isn't of it. */
    private static List<PastTurn> givenFirst(
            Map<RequestId, PastTurn> stored, List<EndedTurn> recalled, InitialTurns given) {
        List<PastTurn> first = new ArrayList<>();
        for (PastTurn turn : given.turns()) {
            PastTurn known = stored.remove(turn.requestId());
            first.add(known == null ? turn : known);
        }
        Set<RequestId> later = new HashSet<>();
        recalled.forEach(turn -> later.add(turn.requestId()));
        stored.values()
                .removeIf(turn ->
                        !later.contains(turn.requestId()) && turn.timestamp().isBefore(given.loggedAt()));
        return first;
    }
}
