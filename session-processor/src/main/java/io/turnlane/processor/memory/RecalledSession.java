package io.turnlane.processor.memory;

import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the log holds of a session.
 *
 * @param life null where the session doesn't live any more: then only its ends and its deletion are put back
 * @param turns the last turns of this life that ended, oldest first
 * @param others older ones that may be delivered again
 * @param open turns that are still to end, oldest first
 * @param deletion its last one
 */
public record RecalledSession(
        SessionKey session,
        @Nullable Life life,
        List<EndedTurn> turns,
        List<EndedTurn> others,
        List<OpenTurn> open,
        @Nullable Deletion deletion) {

    public RecalledSession {
        turns = List.copyOf(turns);
        others = List.copyOf(others);
        open = List.copyOf(open);
    }

    /** A session of which the log holds nothing. */
    public static RecalledSession nothing(SessionKey session) {
        return new RecalledSession(session, null, List.of(), List.of(), List.of(), null);
    }

    /**
     * Its context, as far as its turns tell.
     *
     * @param ttl how long it lives without activity
     * @param turns answered in this life, kept or not
     * @param processing of all of these together
     */
    public record Life(
            @Nullable String userId,
            String agent,
            Instant createdAt,
            Instant lastActivity,
            Duration ttl,
            int turns,
            Duration processing) {}

    /** A deletion that was done, by its place in the turns topic. */
    public record Deletion(long offset, Instant loggedAt) {}
}
