package io.turnlane.gateway.operations.listing;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Collects the newest of many elements, newest first, and drops duplicates. Used by one thread.
 *
 * @param <T> type of the elements
 */
final class Newest<T> {

    private final TreeSet<T> elements;
    private final int limit;

    /**
     * @param time time by which the elements are sorted
     * @param id text that identifies an element
     * @param limit maximum number of elements
     */
    Newest(Function<T, Instant> time, Function<T, String> id, int limit) {
        this.elements = new TreeSet<>(Comparator.comparing(time).reversed().thenComparing(id));
        this.limit = limit;
    }

    void add(T element) {
        elements.add(element);
        if (elements.size() > limit) {
            elements.pollLast();
        }
    }

    List<T> toList() {
        return List.copyOf(elements);
    }
}
