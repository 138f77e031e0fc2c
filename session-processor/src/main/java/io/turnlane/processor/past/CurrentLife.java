package io.turnlane.processor.past;

import io.turnlane.model.AgentStates;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.SessionState;
import io.turnlane.store.memory.EndedTurn;
import io.turnlane.store.memory.RecalledSession.Life;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Current life of a session: its edits, its history, and the sums over its ended turns. For use by one thread. */
final class CurrentLife {

    private final int maxTurns;
    private final int importedBytes;
    private final Deque<KeptTurn> history = new ArrayDeque<>();
    private LifeEdits edits;
    private Instant lastEnd;
    private @Nullable Ask first;
    private int answered;
    private int unknownTurns;
    private Duration processing = Duration.ZERO;
    private @Nullable AgentStates states;

    /** @param bytes size of the turn's records */
    record KeptTurn(EndedTurn turn, int bytes) {}

    /** Creates a life without turns that begins with its first question. */
    CurrentLife(int maxTurns) {
        this(maxTurns, LifeEdits.NONE, 0, Instant.MIN);
    }

    /** Creates a life that begins with an import. */
    CurrentLife(int maxTurns, LifeEdits imported, int importedBytes, Instant importedAt) {
        this.maxTurns = maxTurns;
        this.edits = imported;
        this.importedBytes = importedBytes;
        this.lastEnd = importedAt;
        this.states = imported.state() == null ? null : imported.state().agentStates();
    }

    void update(UpdateSession update) {
        edits = edits.with(update);
    }

    /** Adds an ended turn to the sums, but not to the history. */
    void count(EndedTurn turn) {
        first = first == null ? turn.ask() : first;
        if (turn.isCompleted()) {
            answered++;
            processing = processing.plus(turn.processingTime());
        }
    }

    void setStates(AgentStates set) {
        states = set;
    }

    /** Returns the states of agents; null if neither an import nor a turn of this life has set any. */
    @Nullable
    AgentStates states() {
        return states;
    }

    /** Adds a turn to the history. Returns the turn that has to leave the history for it. */
    Optional<KeptTurn> remember(KeptTurn added) {
        history.addLast(added);
        List<KeptTurn> sameKind = history.stream()
                .filter(kept -> kept.turn().isKeptInHistory() == added.turn().isKeptInHistory())
                .toList();
        if (sameKind.size() <= maxTurns) { // turns that are not in the history must not displace turns that are
            return Optional.empty();
        }
        history.removeFirstOccurrence(sameKind.getFirst());
        return Optional.of(sameKind.getFirst());
    }

    /** Counts a turn that has ended, but whose terminal event the log no longer contains. */
    void countUnknownTurn() {
        unknownTurns++;
    }

    int unknownTurns() {
        return unknownTurns;
    }

    void endedTurnAt(Instant at) {
        lastEnd = at.isAfter(lastEnd) ? at : lastEnd;
    }

    /** Returns the time at which the last turn ended. */
    Instant lastEnd() {
        return lastEnd;
    }

    Collection<KeptTurn> history() {
        return Collections.unmodifiableCollection(history);
    }

    LifeEdits edits() {
        return edits;
    }

    @Nullable
    Ask first() {
        return first;
    }

    /** Returns true if the life has no history and did not begin with an import or a fork. */
    boolean isEmpty() {
        return history.isEmpty() && !edits.hasInitialState();
    }

    boolean hasBegun() {
        return first != null || edits.hasInitialState();
    }

    /** Returns the time to live; empty if neither an edit nor an ended question has set it. */
    Optional<Duration> ttl() {
        return Optional.ofNullable(edits.ttl())
                .or(() -> Optional.ofNullable(first).map(Ask::sessionTtl));
    }

    int importedBytes() {
        return importedBytes;
    }

    /** @param firstAsk first question; null if the life began with an import or a fork */
    Life toLife(@Nullable Ask firstAsk, Instant lastActivity, Duration ttl) {
        SessionState state = edits.state();
        String agent = firstAsk == null ? "" : firstAsk.askedAgent();
        return new Life(
                state == null ? Objects.requireNonNull(firstAsk).userId() : edits.userId(),
                edits.agent() == null ? agent : edits.agent(),
                state == null ? Objects.requireNonNull(firstAsk).createdAt() : state.createdAt(),
                lastActivity,
                ttl,
                answered + edits.requestCount(),
                processing.plus(edits.processingTime()),
                edits.metadata(),
                states);
    }
}
