package io.turnlane.standalone.terminal;

/** Thrown if a command cannot do its work. The message gives the reason and what the user can do next. */
public final class CommandFailedException extends RuntimeException {

    public CommandFailedException(String message) {
        super(message, null, false, false);
    }
}
