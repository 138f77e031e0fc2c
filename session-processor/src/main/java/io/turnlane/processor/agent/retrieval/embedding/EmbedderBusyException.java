package io.turnlane.processor.agent.retrieval.embedding;

/** More questions wait to be embedded than may wait. Worth another try a little later. */
public final class EmbedderBusyException extends RuntimeException {

    EmbedderBusyException(int bound) {
        super("more than " + bound + " questions are waiting to be embedded; try again");
    }
}
