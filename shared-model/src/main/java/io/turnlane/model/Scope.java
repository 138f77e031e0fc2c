package io.turnlane.model;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Permission of a caller. */
public enum Scope implements WireEnum {
    /** Ask questions, cancel them, and create, change and delete the caller's sessions. */
    ASK,
    /** Read and follow the caller's sessions and requests. */
    READ,
    /** Operate the installation: console, quarantine, metrics, statistics. Shows no questions and no answers. */
    OPS,
    /** Together with {@link #OPS}: see questions and answers of all users. */
    CONTENT;

    /** Returns the scope with this text form; throws an IllegalArgumentException if there is none. */
    public static Scope of(String wire) {
        return WireEnum.require(values(), "scope", wire);
    }

    /** Returns the scope with this text form, or empty if there is none. */
    public static Optional<Scope> find(String wire) {
        return WireEnum.find(values(), wire);
    }

    /** Returns the scopes as an unmodifiable set in the order of this enumeration. */
    static Set<Scope> sorted(Collection<Scope> scopes) {
        return scopes.isEmpty() ? Set.of() : Collections.unmodifiableSortedSet(new TreeSet<>(EnumSet.copyOf(scopes)));
    }
}
