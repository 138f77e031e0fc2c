package io.turnlane.processor.memory;

import io.turnlane.model.Checksummed;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.WireFormat;
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
record MergedHistory(List<Entry> entries) {

    /**
     * One turn.
     *
     * @param recalled null where it is stored already
     */
    record Entry(byte[] blob, @Nullable EndedTurn recalled) {}

    static MergedHistory of(List<PastTurn> stored, List<EndedTurn> recalled, MemoryLimits limits, WireFormat wire) {
        Set<RequestId> known = new HashSet<>();
        stored.forEach(turn -> known.add(turn.requestId()));
        Map<RequestId, EndedTurn> missing = new LinkedHashMap<>();
        for (EndedTurn turn : recalled) {
            if (!known.contains(turn.requestId())) {
                missing.put(turn.requestId(), turn);
            }
        }
        Deque<Entry> kept = new ArrayDeque<>();
        int bytes = 0;
        for (PastTurn turn : inOrder(stored, recalled).reversed()) {
            byte[] blob = Checksummed.seal(wire.writeValue(turn));
            bytes += blob.length;
            if (kept.size() == limits.turns() || (bytes > limits.bytes() && !kept.isEmpty())) {
                break;
            }
            kept.addFirst(new Entry(blob, missing.get(turn.requestId())));
        }
        boolean news = kept.stream().anyMatch(entry -> entry.recalled() != null);
        return new MergedHistory(news ? List.copyOf(kept) : List.of());
    }

    /**
     * As the log has them; a stored turn that the log doesn't hold any more, or not yet, is older or newer than all.
     */
    private static List<PastTurn> inOrder(List<PastTurn> stored, List<EndedTurn> recalled) {
        Map<RequestId, PastTurn> byRequest = new LinkedHashMap<>();
        stored.forEach(turn -> byRequest.put(turn.requestId(), turn));
        List<PastTurn> logged = new ArrayList<>();
        for (EndedTurn turn : recalled) {
            PastTurn known = byRequest.remove(turn.requestId());
            logged.add(known == null ? turn.past() : known);
        }
        List<PastTurn> all = new ArrayList<>();
        for (PastTurn other : byRequest.values()) {
            if (!recalled.isEmpty()
                    && other.timestamp().isBefore(recalled.getFirst().endedAt())) {
                all.add(other);
            }
        }
        byRequest.values().removeAll(all);
        all.addAll(logged);
        all.addAll(byRequest.values());
        return all;
    }
}
