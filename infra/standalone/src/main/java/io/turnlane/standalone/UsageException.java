package io.turnlane.standalone;

/**
 * Thrown if a running command finds that its arguments are invalid. Reported with exit code 2, like argument errors
 * that picocli finds.
 */
final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message, null, false, false);
    }
}
