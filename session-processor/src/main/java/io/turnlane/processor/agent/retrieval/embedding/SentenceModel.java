package io.turnlane.processor.agent.retrieval.embedding;

/** Maps sentences to vectors, such that sentences of similar meaning have near vectors. */
@FunctionalInterface
public interface SentenceModel {

    /** Returns the vector of the sentence. Blocks and uses a core for some milliseconds. */
    UnitVector embed(String sentence);
}
