package io.turnlane.processor.memory;

import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the log holds of a session.
 *
 * @param life null where the session doesn't live any more: then only its ends and its deletion are put back
 * @param turns the last turns of this life that ended, oldest first
 * @param redeliverable older ones that may be delivered again
 * @param open turns that are still to end, oldest first
 * @param deletion its last one
 * @param initialTurns the state that this life was given by an import or a fork, in front of its turns; null where none
 *     was
 * @param edits commands that are known to have been done, and may be delivered again
 */
public record RecalledSession(
        SessionKey session,
        @Nullable Life life,
        List<EndedTurn> turns,
        List<EndedTurn> redeliverable,
        List<OpenTurn> open,
        @Nullable Deletion deletion,
        @Nullable InitialTurns initialTurns,
        List<Edit> edits) {

    public RecalledSession {
        turns = List.copyOf(turns);
        redeliverable = List.copyOf(redeliverable);
        open = List.copyOf(open);
        edits = List.copyOf(edits);
    }

    /** A session that no command but questions and deletions was given to. */
    public RecalledSession(
            SessionKey session,
            @Nullable Life life,
            List<EndedTurn> turns,
            List<EndedTurn> others,
            List<OpenTurn> open,
            @Nullable Deletion deletion) {
        this(session, life, turns, others, open, deletion, null, List.of());
    }

    /** A session of which the log holds nothing. */
    public static RecalledSession empty(SessionKey session) {
        return new RecalledSession(session, null, List.of(), List.of(), List.of(), null, null, List.of());
    }

    /**
     * Its context, as far as its turns tell.
     *
     * @param ttl how long it lives without activity
     * @param turns answered in this life, kept or not
     * @param processingTime of all of these together
     * @param metadata as commands have left it; null where none said anything of it
     */
    public record Life(
            @Nullable String userId,
            String agent,
            Instant createdAt,
            Instant lastActivity,
            Duration ttl,
            int turns,
            Duration processingTime,
            @Nullable Map<String, Object> metadata) {

        /** One that nothing but questions was told to. */
        public Life(
                @Nullable String userId,
                String agent,
                Instant createdAt,
                Instant lastActivity,
                Duration ttl,
                int turns,
                Duration processing) {
            this(userId, agent, createdAt, lastActivity, ttl, turns, processing, null);
        }
    }

    /** Turns that a life began with, by the place of the command that brought them. */
    public record InitialTurns(List<PastTurn> turns, long offset, Instant loggedAt) {}

    /** A command that changed the session and asked nothing. */
    public record Edit(SessionChange command, long offset, Instant loggedAt) {}

    /** A deletion that was done, by its place in the turns topic. */
    public record Deletion(long offset, Instant loggedAt) {}
}
