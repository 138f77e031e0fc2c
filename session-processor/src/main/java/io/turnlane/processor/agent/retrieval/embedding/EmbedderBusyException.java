package io.turnlane.processor.agent.retrieval.embedding;

/** Thrown if too many questions are waiting to be embedded. A later retry can succeed. */
public final class EmbedderBusyException extends RuntimeException {

    EmbedderBusyException(int bound) {
        super("too many questions are waiting to be embedded (limit " + bound + "); try again later");
    }
}
