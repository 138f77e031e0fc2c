package io.turnlane.processor.past;

import io.turnlane.model.PastTurn;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.SessionState;
import io.turnlane.model.json.MergePatch;
import io.turnlane.store.memory.RecalledSession.InitialTurns;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * State that imports and updates gave a session in its current life. A life ends when the session is deleted, expires,
 * or is replaced by an import. A component is null if no command set its value. Immutable.
 */
record LifeEdits(
        @Nullable SessionState state,
        @Nullable InitialTurns initialTurns,
        @Nullable String userId,
        @Nullable String agent,
        @Nullable Map<String, Object> metadata,
        @Nullable Duration ttl) {

    static final LifeEdits NONE = new LifeEdits(null, null, null, null, null, null);

    static LifeEdits of(ImportSession command, long offset, Instant loggedAt) {
        SessionState state = command.state();
        return new LifeEdits(
                state,
                new InitialTurns(state.turns(), offset, loggedAt),
                command.userId(),
                state.agent(),
                state.metadata(),
                state.ttl());
    }

    LifeEdits with(UpdateSession update) {
        Map<String, Object> before = Objects.requireNonNullElse(metadata, Map.of());
        return new LifeEdits(
                state,
                initialTurns,
                userId,
                update.agent() == null ? agent : update.agent(),
                update.metadata() == null ? metadata : MergePatch.apply(before, update.metadata()),
                update.ttl() == null ? ttl : update.ttl());
    }

    boolean hasInitialState() {
        return initialTurns != null;
    }

    List<PastTurn> importedTurns() {
        return initialTurns == null ? List.of() : initialTurns.turns();
    }

    int requestCount() {
        return state == null ? 0 : Math.toIntExact(Math.min(state.requestCount(), Integer.MAX_VALUE / 2));
    }

    Duration processingTime() {
        return state == null ? Duration.ZERO : state.totalProcessingTime();
    }
}
