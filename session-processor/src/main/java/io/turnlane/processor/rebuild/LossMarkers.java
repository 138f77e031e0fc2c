package io.turnlane.processor.rebuild;

import java.util.Collection;
import java.util.Map;

/**
 * Random values that stand in the store among the memory of sessions, and go when it goes. Whoever remembers them can
 * tell whether memory was lost since. Safe for threads; calls block for at most the store's time limit.
 */
public interface LossMarkers {

    /**
     * Reads the markers, and makes those that are missing.
     *
     * @throws io.turnlane.processor.memory.MemoryUnavailableException where the store doesn't answer or takes no writes
     */
    MarkerState readOrCreate(Collection<Integer> partitions);

    /**
     * The markers as they stand.
     *
     * @param digest of all their values, a dot, and one of the store's processes that hold them
     * @param intact by partition: the digest under which its memory was last whole; nothing where that isn't known
     */
    record MarkerState(String digest, Map<Integer, String> intact) {

        boolean intact(int partition) {
            return digest.equals(intact.get(partition));
        }

        /** Whether the markers outlived a restart of the store: then no more than its last writes are lost. */
        boolean restarted(int partition) {
            String was = intact.get(partition);
            return was != null && !was.equals(digest) && ofMarkers(was).equals(ofMarkers(digest));
        }

        private static String ofMarkers(String digest) {
            int dot = digest.indexOf('.');
            return dot < 0 ? digest : digest.substring(0, dot);
        }
    }

    /**
     * The partition's memory is whole under these markers.
     *
     * @throws io.turnlane.processor.memory.MemoryUnavailableException where the store doesn't answer
     */
    void storeIntact(RebuildReport report);
}
