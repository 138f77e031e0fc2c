package io.turnlane.chaos.check.finding;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that must never happen did.
 *
 * @param session null where it is about none
 * @param request null where it is about none
 * @param evidence the lines that show it, as {@code history.jsonl:17}
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

    /** One line for people. */
    @Override
    public String toString() {
        return invariant
                + (session == null ? "" : " session " + session)
                + (request == null ? "" : " request " + request)
                + ": " + what + " " + evidence;
    }
}
