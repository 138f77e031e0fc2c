package io.turnlane.store.memory;

import io.turnlane.model.AgentStates;
import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session as the log records it. A session has one or more lives. A life ends when the session is deleted, expires,
 * or is replaced by an import.
 *
 * @param life context of the current life. If it is null, the session has no current life, and only its ended requests
 *     and its deletion are restored
 * @param turns last ended turns of this life, oldest first
 * @param redeliverable earlier ended turns that are no longer in the history but whose records could be delivered
 *     again; their results are restored, so that these turns do not run again
 * @param open turns that have not ended, oldest first
 * @param deletion the session's last deletion; null if there is none
 * @param initialTurns turns of the import or fork with which this life began; null if it began with a question
 * @param edits applied commands whose records could be delivered again; their results are restored, so that these
 *     commands are not applied again
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

    /** Returns a session for which the log contains no data. */
    public static RecalledSession empty(SessionKey session) {
        return new RecalledSession(session, null, List.of(), List.of(), List.of(), null, null, List.of());
    }

    /**
     * Context of a session, as far as the log records it.
     *
     * @param ttl time that the session is kept without activity
     * @param turns number of turns answered in this life, including turns that history no longer keeps
     * @param processingTime sum of the processing times of these turns
     * @param metadata metadata as set by commands; null if no command set metadata
     * @param states states of agents as an import or the last turn that changed them set them; null if the log contains
     *     none
     */
    public record Life(
            @Nullable String userId,
            String agent,
            Instant createdAt,
            Instant lastActivity,
            Duration ttl,
            int turns,
            Duration processingTime,
            @Nullable Map<String, Object> metadata,
            @Nullable AgentStates states) {

        /** Creates a context without states of agents. */
        public Life(
                @Nullable String userId,
                String agent,
                Instant createdAt,
                Instant lastActivity,
                Duration ttl,
                int turns,
                Duration processingTime,
                @Nullable Map<String, Object> metadata) {
            this(userId, agent, createdAt, lastActivity, ttl, turns, processingTime, metadata, null);
        }
    }

    /** Turns of the import or fork with which a life of the session began. */
    public record InitialTurns(List<PastTurn> turns, long offset, Instant loggedAt) {}

    /** A command that changed the session and asked no question. */
    public record Edit(SessionChange command, long offset, Instant loggedAt) {}

    /** A completed deletion, identified by the offset and timestamp of its record. */
    public record Deletion(long offset, Instant loggedAt) {}
}
