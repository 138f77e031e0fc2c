package io.turnlane.chaos.fault.act;

import java.io.IOException;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Copies records of the turns topic for the checker before a fault deletes them. */
@FunctionalInterface
public interface LogKeeper {

    /** Copies the records below these offsets. */
    void keepTurns(Map<TopicPartition, Long> ends) throws IOException;
}
