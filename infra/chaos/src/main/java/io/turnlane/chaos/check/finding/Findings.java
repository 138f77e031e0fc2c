package io.turnlane.chaos.check.finding;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what the rules find. All violations are counted, the first {@value #KEPT} of each invariant are kept: a run
 * that breaks everything must not break its checker. Belongs to the checking thread.
 */
public final class Findings {

    static final int KEPT = 50;

    private final List<Violation> violations = new ArrayList<>();
    private final Map<Invariant, Long> counts = new EnumMap<>(Invariant.class);
    private final Map<Invariant, Long> checked = new EnumMap<>(Invariant.class);
    private final List<String> notes = new ArrayList<>();

    /** The invariant doesn't hold. */
    public void violated(
            Invariant invariant, @Nullable String session, @Nullable String request, String what, String... evidence) {
        if (counts.merge(invariant, 1L, Long::sum) <= KEPT) {
            violations.add(new Violation(invariant, session, request, what, List.of(evidence)));
        }
    }

    /** One more thing was held against the invariant: a rule that looked at nothing says nothing. */
    public void checked(Invariant invariant) {
        checked.merge(invariant, 1L, Long::sum);
    }

    /** Something that whoever reads the verdict has to know. */
    public void note(String note) {
        notes.add(note);
    }

    /** All of it. */
    public Verdict verdict() {
        return new Verdict(violations, counts, checked, notes);
    }
}
