package io.turnlane.processor.rebuild;

import java.util.Collection;
import java.util.Map;

/**
 * Random values that are stored in Redis together with the memory of sessions. If Redis loses memory, it also loses
 * these markers, so a changed marker shows that memory was lost. Thread-safe. Calls block for at most a few timeouts of
 * the store.
 */
public interface LossMarkers {

    /**
     * Reads the markers and creates missing ones.
     *
     * @throws io.turnlane.processor.memory.MemoryUnavailableException if the store doesn't answer, or if it accepts no
     *     writes
     */
    MarkerState readOrCreate(Collection<Integer> partitions);

    /**
     * Current state of the markers.
     *
     * @param digest digest of all markers, a dot, and a digest of the ids of the Redis processes that hold them
     * @param intact for each partition, the digest that the markers had when the partition's memory was last known to
     *     be intact; no entry if no such digest is stored
     */
    record MarkerState(String digest, Map<Integer, String> intact) {

        /** Returns true if the markers have not changed since the partition's memory was last known to be intact. */
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
     * Stores the report of a finished rebuild. {@link MarkerState#intact} returns true for the partition as long as the
     * digest of its markers equals the digest of the report.
     *
     * @throws io.turnlane.processor.memory.MemoryUnavailableException if the store doesn't answer
     */
    void storeIntact(RebuildReport report);
}
