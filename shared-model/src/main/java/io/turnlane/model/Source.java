package io.turnlane.model;

/** Source of an answer, with a score from 0 to 1. */
public record Source(String id, String title, double score) {

    public Source {
        if (!Double.isFinite(score)) {
            throw new IllegalArgumentException("score must be a finite number");
        }
    }
}
