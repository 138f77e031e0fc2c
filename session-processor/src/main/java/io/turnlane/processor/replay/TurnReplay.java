package io.turnlane.processor.replay;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.processor.replay.compare.TurnOutcome;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs single recorded turns again. Thread-safe. */
public record TurnReplay(KafkaTurnArchive archive, TurnRerun rerun) {

    /** The recorded turn and the outcome of its replay. */
    public record Replayed(RecordedTurn recorded, TurnOutcome replayed) {

        /**
         * Returns true if the outcome of the replay {@linkplain TurnOutcome#matches matches} the recorded one. Returns
         * false if it differs or if the recorded outcome is unknown.
         */
        public boolean isSame() {
            TurnOutcome before = recorded.outcome();
            return before != null && before.matches(replayed);
        }
    }

    /** Replays a turn with its recorded agent, like {@link #replay(RequestId, SessionKey, String)}. */
    public Optional<Replayed> replay(RequestId request, @Nullable SessionKey session) {
        return replay(request, session, null);
    }

    /**
     * Replays a turn.
     *
     * @param session probable session of the turn, whose partition is searched first; null if unknown
     * @param agent name of the agent that answers; null for the recorded agent
     * @return the replayed turn; empty if the {@linkplain KafkaTurnArchive#find archive} doesn't find the turn
     */
    public Optional<Replayed> replay(RequestId request, @Nullable SessionKey session, @Nullable String agent) {
        return archive.find(request, session).map(recorded -> {
            String name = agent == null ? recorded.ask().agent() : agent;
            return new Replayed(recorded, rerun.run(recorded, name).outcome());
        });
    }
}
