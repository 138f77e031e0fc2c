package io.turnlane.processor.rebuild;

import java.util.Collection;

/** Is told of partitions that come. */
@FunctionalInterface
public interface PartitionWatch {

    /** These came; nothing of them was delivered yet. Called by the poll thread, and so must not block. */
    void adopted(Collection<? extends HeldPartition> partitions);
}
