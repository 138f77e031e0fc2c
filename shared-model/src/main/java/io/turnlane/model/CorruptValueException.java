package io.turnlane.model;

/** A stored value is not what was written; the message says how that showed, never the content. */
public final class CorruptValueException extends Exception {

    public CorruptValueException(String message) {
        super(message);
    }
}
