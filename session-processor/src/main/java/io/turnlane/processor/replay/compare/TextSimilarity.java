package io.turnlane.processor.replay.compare;

/** Measures the similarity of two texts. Thread-safe. */
@FunctionalInterface
public interface TextSimilarity {

    /**
     * Returns the similarity of two texts that are not blank, at most 1 for the same meaning. May block and compute for
     * some milliseconds.
     */
    double between(String one, String other) throws InterruptedException;
}
