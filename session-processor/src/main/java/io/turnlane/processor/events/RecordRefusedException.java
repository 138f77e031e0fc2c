package io.turnlane.processor.events;

/**
 * Thrown if the Kafka client does not accept a record: it does not know the topic's partitions yet, or its buffer is
 * full. The record is certainly not in the log and will not be sent, so the caller can publish it again.
 */
public final class RecordRefusedException extends RuntimeException {

    public RecordRefusedException(Throwable cause) {
        super("the Kafka client did not accept the record", cause);
    }
}
