package io.turnlane.processor.replay;

import org.apache.kafka.common.TopicPartition;

/** A range of offsets of a partition, from {@code from} (inclusive) to {@code to} (exclusive). */
record KafkaPartitionRange(TopicPartition partition, long from, long to) {}
