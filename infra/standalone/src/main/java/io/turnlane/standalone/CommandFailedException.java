package io.turnlane.standalone;

/** Thrown if a command cannot do its work. The message gives the reason and what the user can do next. */
final class CommandFailedException extends RuntimeException {

    CommandFailedException(String message) {
        super(message, null, false, false);
    }
}
