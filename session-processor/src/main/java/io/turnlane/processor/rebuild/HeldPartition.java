package io.turnlane.processor.rebuild;

/** A partition of the turns topic for as long as this processor holds it. Safe for threads. */
public interface HeldPartition {

    int number();

    boolean held();

    /** The token of its assignment; negative while there is none. */
    long fence();

    /** Asks for a newer token, where a write was refused though the partition is still ours. */
    void renewFence();

    /** Whether what followed from the record at this offset is safe: it won't be delivered again. */
    boolean isDone(long offset);
}
