package io.turnlane.processor.rebuild;

import java.util.Collection;
import java.util.Map;

/**
 * Random values that stand in the store among the memory of sessions, and go when it goes. Whoever remembers them can
 * tell whether memory was lost since. Safe for threads; calls block for at most the store's time limit.
 */
public interface Markers {

    /**
     * Reads the markers, and makes those that are missing.
     *
     * @throws io.turnlane.processor.memory.MemoryUnavailableException where the store doesn't answer or takes no writes
     */
    Marks look(Collection<Integer> partitions);

    /**
     * The markers as they stand.
     *
     * @param digest of all their values
     * @param whole by partition: the digest under which its memory was last whole; nothing where that isn't known
     */
    record Marks(String digest, Map<Integer, String> whole) {

        boolean whole(int partition) {
            return digest.equals(whole.get(partition));
        }
    }

    /**
     * The partition's memory is whole under these markers.
     *
     * @throws io.turnlane.processor.memory.MemoryUnavailableException where the store doesn't answer
     */
    void whole(RebuildReport report);
}
