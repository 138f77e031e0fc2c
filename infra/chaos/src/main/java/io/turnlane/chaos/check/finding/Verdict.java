package io.turnlane.chaos.check.finding;

import java.util.List;
import java.util.Map;

/**
 * Result of a check.
 *
 * @param violations first violations of each invariant
 * @param counts number of all violations by invariant; no entry if the invariant held
 * @param checked number of checks by invariant
 * @param notes checks that were not possible, with the reasons
 */
public record Verdict(
        List<Violation> violations, Map<Invariant, Long> counts, Map<Invariant, Long> checked, List<String> notes) {

    /** Version of the rules, for reports. Increase it when a change to a rule changes its findings. */
    public static final int CHECKER = 1;

    public Verdict {
        violations = List.copyOf(violations);
        counts = Map.copyOf(counts);
        checked = Map.copyOf(checked);
        notes = List.copyOf(notes);
    }

    /** Returns true if there are no violations. */
    public boolean clean() {
        return counts.isEmpty();
    }

    /** Returns the number of violations of all invariants. */
    public long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Returns the number of violations of an invariant. */
    public long count(Invariant invariant) {
        return counts.getOrDefault(invariant, 0L);
    }
}
