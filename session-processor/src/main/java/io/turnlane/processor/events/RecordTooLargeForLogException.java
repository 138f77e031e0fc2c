package io.turnlane.processor.events;

/** Thrown if Kafka rejects a record because of its size. Publishing it again would fail again. */
public final class RecordTooLargeForLogException extends RuntimeException {

    public RecordTooLargeForLogException(Throwable cause) {
        super("the record is larger than its topic allows", cause);
    }
}
