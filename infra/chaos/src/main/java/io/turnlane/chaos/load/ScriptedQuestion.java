package io.turnlane.chaos.load;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Question that a client asks.
 *
 * @param canary unique in the run
 * @param text instruction for the scripted agent; begins with the canary
 * @param deadline time until which the client wants an answer; null for no deadline
 */
public record ScriptedQuestion(
        String session,
        String canary,
        String text,
        @Nullable Duration deadline) {

    /** Creates a question without a deadline. */
    public ScriptedQuestion(String session, String canary, String text) {
        this(session, canary, text, null);
    }
}
