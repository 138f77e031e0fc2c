package io.turnlane.bench.rig;

import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.common.GroupState;

/** The consumer group of the processors, as the broker describes it. Used by one thread at a time. */
public final class ProcessorGroup implements AutoCloseable {

    /** Default of {@code turnlane.processor.intake.group}. */
    private static final String NAME = "turnlane-processors";

    private final Admin admin;

    /** @param kafka settings with which a client reaches the broker */
    public ProcessorGroup(Properties kafka) {
        this.admin = Admin.create(kafka);
    }

    /**
     * Returns true if the group is stable and has this number of members, and their numbers of partitions differ by at
     * most one.
     */
    public boolean isBalanced(int members) throws InterruptedException, ExecutionException {
        ConsumerGroupDescription group =
                admin.describeConsumerGroups(List.of(NAME)).all().get().get(NAME);
        if (group == null) {
            return false;
        }
        IntSummaryStatistics partitions = group.members().stream()
                .mapToInt(member -> member.assignment().topicPartitions().size())
                .summaryStatistics();
        return group.groupState() == GroupState.STABLE
                && partitions.getCount() == members
                && partitions.getMax() - partitions.getMin() <= 1;
    }

    @Override
    public void close() {
        admin.close();
    }
}
