package io.turnlane.processor.rebuild;

import java.util.Collection;

/** Receives notice of assigned partitions. */
@FunctionalInterface
public interface PartitionAssignmentListener {

    /**
     * Called after partitions were assigned and before any of their records is delivered. The poll thread calls this
     * method, so it must not block.
     */
    void partitionsAssigned(Collection<? extends HeldPartition> partitions);
}
