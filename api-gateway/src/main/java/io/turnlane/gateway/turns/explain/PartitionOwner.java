package io.turnlane.gateway.turns.explain;

import io.turnlane.model.ProcessorDetail;
import io.turnlane.model.ProcessorDetail.PartitionDetail;
import io.turnlane.model.ProcessorStatistics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Processor that owns a partition of the turns topic.
 *
 * @param position offset of the next record that it reads; null if it is unknown
 * @param rebuilding time since it began to rebuild the memory of the partition; null if it does not rebuild it
 */
record PartitionOwner(
        ProcessorStatistics processor,
        @Nullable Long position,
        @Nullable Duration rebuilding) {

    /**
     * Returns true if the details have all partitions that the processors own. A detail has a bounded number of them.
     */
    static boolean areAllKnown(List<ProcessorStatistics> alive, List<ProcessorDetail> details) {
        int owned = alive.stream().mapToInt(ProcessorStatistics::partitions).sum();
        int known =
                details.stream().mapToInt(detail -> detail.partitions().size()).sum();
        return known >= owned;
    }

    /**
     * Returns the owner of a partition; null if no processor reports that it owns the partition.
     *
     * @param alive processors that report their statistics
     * @param details partitions of these processors
     */
    static @Nullable PartitionOwner find(
            int partition, List<ProcessorStatistics> alive, List<ProcessorDetail> details) {
        for (ProcessorDetail detail : details) {
            for (PartitionDetail owned : detail.partitions()) {
                Optional<ProcessorStatistics> processor = alive.stream()
                        .filter(one -> one.processor().equals(detail.processor()))
                        .findFirst();
                if (owned.partition() == partition && processor.isPresent()) {
                    return new PartitionOwner(processor.get(), owned.position(), owned.rebuilding());
                }
            }
        }
        return null;
    }
}
