package io.turnlane.model;

/**
 * Source of an answer.
 *
 * @param score number from 0 to 1. The constructor changes NaN and infinity, which JSON does not have, to 0.
 */
public record Source(String id, String title, double score) {

    public Source {
        score = Double.isFinite(score) ? score : 0;
    }
}
