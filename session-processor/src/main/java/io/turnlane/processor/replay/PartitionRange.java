package io.turnlane.processor.replay;

import org.apache.kafka.common.TopicPartition;

/** A part of a partition, by offsets; the last one is not in it. */
record PartitionRange(TopicPartition partition, long from, long to) {}
