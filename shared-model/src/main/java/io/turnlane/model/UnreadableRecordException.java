package io.turnlane.model;

/**
 * Thrown if bytes from the log are not a record of this contract. The message gives the reason and never quotes the
 * content.
 */
public final class UnreadableRecordException extends Exception {

    public UnreadableRecordException(String message) {
        super(message);
    }
}
