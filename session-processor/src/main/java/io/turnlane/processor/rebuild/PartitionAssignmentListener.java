package io.turnlane.processor.rebuild;

import java.util.Collection;

/** Listener that is notified when partitions are assigned to this processor. */
@FunctionalInterface
public interface PartitionAssignmentListener {

    /**
     * Called after partitions were assigned and before any of their records is delivered. The poll thread calls this
     * method, so it must not block.
     */
    void partitionsAssigned(Collection<? extends HeldPartition> partitions);
}
