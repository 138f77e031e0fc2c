package io.turnlane.chaos.check.finding;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects the findings of the rules. Counts all violations, but keeps only the first {@value #KEPT} of each invariant
 * so that a run with many violations cannot exhaust the checker's memory. Belongs to the checking thread.
 */
public final class Findings {

    static final int KEPT = 50;

    private final List<Violation> violations = new ArrayList<>();
    private final Map<Invariant, Long> counts = new EnumMap<>(Invariant.class);
    private final Map<Invariant, Long> checked = new EnumMap<>(Invariant.class);
    private final List<String> notes = new ArrayList<>();

    /** Records a violation of the invariant. */
    public void violated(
            Invariant invariant, @Nullable String session, @Nullable String request, String what, String... evidence) {
        if (counts.merge(invariant, 1L, Long::sum) <= KEPT) {
            violations.add(new Violation(invariant, session, request, what, List.of(evidence)));
        }
    }

    /**
     * Counts one check of the invariant. The number shows that the rule had data: an invariant without checks proves
     * nothing.
     */
    public void checked(Invariant invariant) {
        checked.merge(invariant, 1L, Long::sum);
    }

    /** Adds a note about checks that were not possible, with the reason. */
    public void note(String note) {
        notes.add(note);
    }

    /** Returns the verdict on all findings so far. */
    public Verdict verdict() {
        return new Verdict(violations, counts, checked, notes);
    }
}
