package io.turnlane.model;

/** Bytes from the log that are no record of this contract; the message says why, never the content. */
public final class UnreadableRecordException extends Exception {

    public UnreadableRecordException(String message) {
        super(message);
    }
}
