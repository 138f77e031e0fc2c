package io.turnlane.standalone.terminal;

/**
 * Thrown if a running command finds that its arguments are invalid. Reported with exit code 2, like argument errors
 * that picocli finds.
 */
public final class UsageException extends RuntimeException {

    public UsageException(String message) {
        super(message, null, false, false);
    }
}
