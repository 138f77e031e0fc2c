package io.turnlane.chaos.check.finding;

import java.util.List;
import java.util.Map;

/**
 * What a check came to.
 *
 * @param violations the first of each invariant
 * @param counts all violations, by invariant; none where it held
 * @param checked how many things were held against each invariant
 * @param notes what could not be checked, and why
 */
public record Verdict(
        List<Violation> violations, Map<Invariant, Long> counts, Map<Invariant, Long> checked, List<String> notes) {

    /** The version of the rules, for reports: raise it when a rule changes what it finds. */
    public static final int CHECKER = 1;

    public Verdict {
        violations = List.copyOf(violations);
        counts = Map.copyOf(counts);
        checked = Map.copyOf(checked);
        notes = List.copyOf(notes);
    }

    /** Whether everything held. */
    public boolean clean() {
        return counts.isEmpty();
    }

    /** How many violations there are in all. */
    public long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** How often this one was violated. */
    public long count(Invariant invariant) {
        return counts.getOrDefault(invariant, 0L);
    }
}
