package io.turnlane.processor.memory;

import io.turnlane.model.RequestId;
import org.jspecify.annotations.Nullable;

/**
 * Restores lost memory. Every write is fenced and can be repeated without harm (O4, O5). Called by any thread. A call
 * blocks for at most the store's timeout, several times that if the session changes meanwhile.
 */
@FunctionalInterface
public interface SessionRestore {

    /**
     * Restores the data of the session that is missing from memory. Existing data stays unchanged.
     *
     * @param fence fence of the partition's assignment
     * @param partition partition of the turns topic
     * @param wantedBy command that requested the rebuild, in whose name the result is recorded; null if there is none
     * @throws MemoryUnavailableException if the store doesn't answer; repeating the call is harmless
     */
    RestoreResult restore(RecalledSession recalled, long fence, int partition, @Nullable RequestId wantedBy);

    /**
     * Result of a restore.
     *
     * @param fenced true if the store rejected the call because a newer owner has written to the session
     * @param turns number of turns that were missing from history and are restored
     */
    record RestoreResult(boolean fenced, int turns) {

        public static final RestoreResult FENCED = new RestoreResult(true, 0);
    }
}
