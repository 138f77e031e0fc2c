package io.turnlane.processor.replay;

import org.apache.kafka.common.TopicPartition;

/** A range of offsets of a partition; {@code to} is exclusive. */
record KafkaPartitionRange(TopicPartition partition, long from, long to) {}
