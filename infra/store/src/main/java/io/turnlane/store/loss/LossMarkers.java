package io.turnlane.store.loss;

import java.util.Collection;
import java.util.Map;

/**
 * Random values that are stored in Redis in addition to the memory of sessions. If Redis loses data, it also loses
 * these markers, and they are created again with other values. A missing or changed marker therefore shows that memory
 * was lost. Thread-safe. Calls block for at most a few timeouts of the store.
 */
public interface LossMarkers {

    /**
     * Reads the markers and creates missing ones.
     *
     * @throws io.turnlane.store.MemoryUnavailableException if the store doesn't answer, or if it accepts no writes
     */
    MarkerState readOrCreate(Collection<Integer> partitions);

    /**
     * Current state of the markers.
     *
     * @param digest hash of all current markers, a dot, and a hash of the ids of the Redis processes
     * @param intact by partition, the digest at which the partition's memory was last known to be complete; no entry if
     *     Redis has no such digest
     */
    record MarkerState(String digest, Map<Integer, String> intact) {

        /**
         * Returns true if the partition's memory is intact: the markers have not changed since it was last known to be
         * complete.
         */
        public boolean intact(int partition) {
            return digest.equals(intact.get(partition));
        }

        /**
         * Returns true if only the ids of the Redis processes have changed. Redis then restarted and kept the markers,
         * so only its last writes can be lost.
         */
        public boolean restarted(int partition) {
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
     * Stores the report of a finished rebuild. {@link MarkerState#intact} then returns true for the partition until the
     * markers' digest changes.
     *
     * @throws io.turnlane.store.MemoryUnavailableException if the store doesn't answer
     */
    void storeIntact(RebuildReport report);
}
