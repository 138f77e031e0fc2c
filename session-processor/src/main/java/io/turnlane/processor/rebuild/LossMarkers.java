package io.turnlane.processor.rebuild;

import java.util.Collection;
import java.util.Map;

/**
 * Random values that are stored among the memory of sessions and are lost with it. A changed marker shows that memory
 * was lost. Thread-safe; calls block for at most a few of the store's timeouts.
 */
public interface LossMarkers {

    /**
     * Reads the markers and creates missing ones.
     *
     * @throws io.turnlane.processor.memory.MemoryUnavailableException if the store doesn't answer or accepts no writes
     */
    MarkerState readOrCreate(Collection<Integer> partitions);

    /**
     * Current state of the markers.
     *
     * @param digest digest of all values, a dot, and a digest of the store's processes that hold them
     * @param intact digest under which a partition's memory was last intact, by partition; no entry if unknown
     */
    record MarkerState(String digest, Map<Integer, String> intact) {

        /** Returns true if the partition's memory is intact. */
        boolean intact(int partition) {
            return digest.equals(intact.get(partition));
        }

        /** Returns true if the store restarted and kept the markers. At most its last writes are then lost. */
        boolean restarted(int partition) {
            String previous = intact.get(partition);
            return previous != null
                    && !previous.equals(digest)
                    && markerDigest(previous).equals(markerDigest(digest));
        }

        private static String markerDigest(String digest) {
            int dot = digest.indexOf('.');
            return dot < 0 ? digest : digest.substring(0, dot);
        }
    }

    /**
     * Stores that the partition's memory is intact under the report's digest.
     *
     * @throws io.turnlane.processor.memory.MemoryUnavailableException if the store doesn't answer
     */
    void storeIntact(RebuildReport report);
}
