package io.turnlane.standalone;

/** A command can't do what it was asked; the message is the sentence that says why, and what to do. */
final class CommandFailedException extends RuntimeException {

    CommandFailedException(String sentence) {
        super(sentence, null, false, false);
    }
}
