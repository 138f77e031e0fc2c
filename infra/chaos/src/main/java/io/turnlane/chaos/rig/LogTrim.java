package io.turnlane.chaos.rig;

import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/** Deletes old records from topics. For use by one thread. */
public final class LogTrim implements AutoCloseable {

    private final Admin admin;

    /** @param kafka connection to the cluster */
    public LogTrim(Properties kafka) {
        this.admin = Admin.create(kafka);
    }

    /** Returns the end offsets of all partitions of the topics. */
    public Map<TopicPartition, Long> ends(Collection<String> topics) throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetSpec> latest = admin.describeTopics(topics).allTopicNames().get().values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                admin.listOffsets(latest).all().get();
        return ends.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, end -> end.getValue().offset()));
    }

    /** Deletes all records of the partitions that are before the given offsets. */
    public void deleteBefore(Map<TopicPartition, Long> offsets) throws InterruptedException, ExecutionException {
        admin.deleteRecords(offsets.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, end -> RecordsToDelete.beforeOffset(end.getValue()))))
                .all()
                .get();
    }

    @Override
    public void close() {
        admin.close();
    }
}
