package io.turnlane.processor.rebuild;

/** A partition of the turns topic while this processor owns it. Thread-safe. */
public interface HeldPartition {

    int number();

    /** Returns true as long as this processor owns the partition. */
    boolean held();

    /** Returns the fence of the partition's assignment; negative until there is one. */
    long fence();

    /** Requests a newer fence, after the store rejected a write although this processor still owns the partition. */
    void renewFence();

    /** Returns the offset before which no record is delivered again. */
    long firstOpen();

    /** Returns true if the record at this offset is complete, so that it won't be delivered again. */
    boolean isDone(long offset);
}
