package io.turnlane.processor.memory;

import io.turnlane.model.RequestId;
import org.jspecify.annotations.Nullable;

/**
 * Puts back into memory what was lost of it. Fenced, and may be done again without harm, like every write (O4, O5).
 * Called by any thread; blocks for at most the store's time limit.
 */
@FunctionalInterface
public interface SessionRestore {

    /**
     * Puts back what memory misses of this session; what it has stays.
     *
     * @param fence the token of the partition's assignment
     * @param partition of the turns topic
     * @param wantedBy the command that asked for it, and is told; null where none did
     * @throws MemoryUnavailableException where the store doesn't answer; doing it again is harmless
     */
    RestoreResult restore(RecalledSession recalled, long fence, int partition, @Nullable RequestId wantedBy);

    /**
     * What came of it.
     *
     * @param fenced whether it was refused, because a newer owner has been here
     * @param turns that history missed and has now
     */
    record RestoreResult(boolean fenced, int turns) {

        public static final RestoreResult FENCED = new RestoreResult(true, 0);
    }
}
