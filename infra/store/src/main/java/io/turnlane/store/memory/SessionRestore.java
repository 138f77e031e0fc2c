package io.turnlane.store.memory;

import io.turnlane.model.RequestId;
import io.turnlane.store.MemoryUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Restores lost memory. The store rejects a write if a newer owner of the partition has written to the session (promise
 * O5 in docs/guarantees.md). Every write can be repeated without harm (promise O4). Any thread may call this interface.
 * A call blocks for at most the store's timeout, or for several timeouts if turns change the session at the same time.
 */
@FunctionalInterface
public interface SessionRestore {

    /**
     * Restores data of the session that is missing from memory. Data that exists stays unchanged.
     *
     * @param fence fence of the partition's owner
     * @param partition partition of the turns topic
     * @param wantedBy command that requested the rebuild, or null if no command requested it; the result is stored
     *     together with its id, so that a client can read it
     * @throws MemoryUnavailableException if the store doesn't answer; repeating the call is harmless
     */
    RestoreResult restore(RecalledSession recalled, long fence, int partition, @Nullable RequestId wantedBy);

    /**
     * Result of a restore.
     *
     * @param fenced true if nothing was restored, because a newer owner has written to the session
     * @param turns number of turns that were missing from history and are restored
     */
    record RestoreResult(boolean fenced, int turns) {

        public static final RestoreResult FENCED = new RestoreResult(true, 0);
    }
}
