package io.turnlane.model;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a caller may do. */
public enum Scope {
    /** Ask questions, cancel them, and make, change and erase one's own sessions. */
    ASK,
    /** Read and follow one's own sessions and requests. */
    READ,
    /** Look after the installation: quarantine, metrics, figures. */
    OPS;

    /** The word in JSON, in tokens and on the command line. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException where there is no such scope */
    public static Scope of(String word) {
        return find(word).orElseThrow(() -> new IllegalArgumentException("a scope is ask, read or ops"));
    }

    /** The scope of this word; nothing where there is none. */
    public static Optional<Scope> find(String word) {
        return Arrays.stream(values())
                .filter(scope -> scope.wire().equals(word))
                .findFirst();
    }

    /** Unmodifiable, in the order of this enumeration. */
    static Set<Scope> sorted(Collection<Scope> scopes) {
        return scopes.isEmpty() ? Set.of() : Collections.unmodifiableSortedSet(new TreeSet<>(EnumSet.copyOf(scopes)));
    }
}
