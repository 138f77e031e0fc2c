package io.turnlane.processor.agent.retrieval.embedding;

/** Turns a sentence into a vector of which near ones mean alike. */
@FunctionalInterface
public interface SentenceModel {

    /** The sentence's vector. Blocking and heavy on the processor: milliseconds of a core. */
    UnitVector embed(String sentence);
}
