package io.turnlane.model;

/**
 * Thrown if bytes from Kafka or Redis are not a value that {@link WireFormat} can read. The message gives the reason
 * and never quotes the content.
 */
public final class UnreadableRecordException extends Exception {

    public UnreadableRecordException(String message) {
        super(message);
    }
}
