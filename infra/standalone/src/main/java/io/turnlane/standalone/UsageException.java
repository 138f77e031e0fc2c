package io.turnlane.standalone;

/**
 * Thrown if arguments turn out to be invalid while a command runs. Reported, with exit code 2, like the errors that
 * picocli finds.
 */
final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message, null, false, false);
    }
}
