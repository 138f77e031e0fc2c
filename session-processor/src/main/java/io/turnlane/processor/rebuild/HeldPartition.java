package io.turnlane.processor.rebuild;

/** A partition of the turns topic while this processor owns it. Thread-safe. */
public interface HeldPartition {

    int number();

    /** Returns true as long as this processor owns the partition. */
    boolean held();

    /** Returns the fence token of the partition's assignment; negative until the assignment has a token. */
    long fence();

    /**
     * Requests a newer fence token. Called if the store rejected a write although this processor still owns the
     * partition.
     */
    void renewFence();

    /** Returns the offset before which no record is delivered again. */
    long firstOpen();

    /** Returns true if the record at this offset is complete and therefore won't be delivered again. */
    boolean isDone(long offset);
}
