package io.turnlane.model;

import java.util.Objects;

/**
 * Source of an answer. The constructor changes a missing id or title to an empty text.
 *
 * @param score number from 0 to 1. The constructor changes NaN and infinity, which JSON does not have, to 0.
 */
public record Source(String id, String title, double score) {

    public Source {
        id = Objects.requireNonNullElse(id, "");
        title = Objects.requireNonNullElse(title, "");
        score = Double.isFinite(score) ? score : 0;
    }
}
