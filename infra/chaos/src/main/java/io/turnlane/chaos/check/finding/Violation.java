package io.turnlane.chaos.check.finding;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A violation of an invariant.
 *
 * @param session null if the violation concerns no session
 * @param request null if the violation concerns no request
 * @param evidence lines that show the violation, as {@code history.jsonl:17}
 */
public record Violation(
        Invariant invariant,
        @Nullable String session,
        @Nullable String request,
        String what,
        List<String> evidence) {

    public Violation {
        evidence = List.copyOf(evidence);
    }

    /** Returns the violation as one line of text. */
    @Override
    public String toString() {
        return invariant
                + (session == null ? "" : " session " + session)
                + (request == null ? "" : " request " + request)
                + ": " + what + " " + evidence;
    }
}
