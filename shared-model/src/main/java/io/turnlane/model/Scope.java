package io.turnlane.model;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Permission of a caller. */
public enum Scope {
    /** Ask questions, cancel them, and create, change and delete the caller's sessions. */
    ASK,
    /** Read and follow the caller's sessions and requests. */
    READ,
    /** Operate the installation: quarantine, metrics, statistics. */
    OPS;

    /** Returns the value in JSON, in tokens and on the command line. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the scope with this value.
     *
     * @throws IllegalArgumentException if no scope has this value
     */
    public static Scope of(String word) {
        return find(word).orElseThrow(() -> new IllegalArgumentException("a scope is ask, read or ops"));
    }

    /** Returns the scope with this value, or empty if no scope has it. */
    public static Optional<Scope> find(String word) {
        return Arrays.stream(values())
                .filter(scope -> scope.wire().equals(word))
                .findFirst();
    }

    /** Returns the scopes as an unmodifiable set in the order of this enumeration. */
    static Set<Scope> sorted(Collection<Scope> scopes) {
        return scopes.isEmpty() ? Set.of() : Collections.unmodifiableSortedSet(new TreeSet<>(EnumSet.copyOf(scopes)));
    }
}
