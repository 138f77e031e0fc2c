package io.turnlane.processor.rebuild;

/** A partition of the turns topic while this processor owns it. Thread-safe. */
public interface HeldPartition {

    int number();

    /** Returns true while this processor owns the partition. */
    boolean held();

    /** Returns the fence of the partition's assignment; negative until the assignment has a fence. */
    long fence();

    /**
     * Requests a newer fence. Called if the store rejected a write because of a newer fence, although this processor
     * still owns the partition.
     */
    void renewFence();

    /**
     * Returns the offset of the first record that could be delivered again. All records before this offset are
     * complete.
     */
    long firstOpen();

    /** Returns true if the record at this offset is complete and therefore won't be delivered again. */
    boolean isDone(long offset);
}
