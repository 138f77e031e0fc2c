package io.turnlane.processor.rebuild;

import java.util.Collection;

/** Is told of partitions that come. */
@FunctionalInterface
public interface PartitionAssignmentListener {

    /** These came; nothing of them was delivered yet. Called by the poll thread, and so must not block. */
    void partitionsAssigned(Collection<? extends HeldPartition> partitions);
}
