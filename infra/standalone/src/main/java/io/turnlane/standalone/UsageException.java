package io.turnlane.standalone;

/**
 * What a command was given makes no sense, seen only while it ran; told and exited with as picocli's own findings are.
 */
final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    UsageException(String sentence) {
        super(sentence, null, false, false);
    }
}
