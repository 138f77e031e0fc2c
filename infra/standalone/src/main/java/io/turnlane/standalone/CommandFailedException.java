package io.turnlane.standalone;

/** Thrown if a command cannot do its work. The message tells the user the reason and what to do next. */
final class CommandFailedException extends RuntimeException {

    CommandFailedException(String message) {
        super(message, null, false, false);
    }
}
