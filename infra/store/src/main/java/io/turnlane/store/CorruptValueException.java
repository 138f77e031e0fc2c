package io.turnlane.store;

/** Thrown if a stored value is damaged. The message describes the damage and never quotes the content. */
public final class CorruptValueException extends Exception {

    public CorruptValueException(String message) {
        super(message);
    }
}
