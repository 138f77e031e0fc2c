package io.turnlane.chaos.scenario;

import io.turnlane.chaos.rig.Rig;
import io.turnlane.log.LogPartitions;
import io.turnlane.model.topic.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Ends of the topics and journals when a run begins. All runs on a rig write to the same topics and journals. Records
 * after these positions belong to the run, and earlier records belong to earlier runs.
 *
 * @param offsets end offsets of all partitions of the topics that are read after the run
 * @param journals length of each processor's journal, in bytes
 */
record StartPositions(Map<TopicPartition, Long> offsets, Map<String, Long> journals) {

    static final List<String> TOPICS =
            List.of(Topics.DEFAULT.turns(), Topics.DEFAULT.events(), Topics.DEFAULT.quarantine());

    static StartPositions of(Rig rig, Consumer<?, ?> consumer) throws IOException {
        Map<String, Long> journals = new HashMap<>();
        for (String processor : rig.processorNames()) {
            Path journal = rig.journal(processor);
            journals.put(processor, Files.exists(journal) ? Files.size(journal) : 0);
        }
        return new StartPositions(ends(consumer), journals);
    }

    static Map<TopicPartition, Long> ends(Consumer<?, ?> consumer) {
        List<TopicPartition> partitions = TOPICS.stream()
                .flatMap(topic -> LogPartitions.of(consumer, topic).stream())
                .toList();
        return consumer.endOffsets(partitions);
    }
}
