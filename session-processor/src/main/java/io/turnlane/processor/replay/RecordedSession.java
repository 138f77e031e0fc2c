package io.turnlane.processor.replay;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.past.BegunTurn;
import io.turnlane.processor.past.CommandPosition;
import io.turnlane.processor.past.SessionReconstruction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session during a pass over the log. Commands that were logged while an earlier turn was running are applied only
 * when a later turn begins, as in the lane of the session. For use by one thread.
 */
final class RecordedSession {

    /** Maximum number of tool calls that are kept for a turn. */
    private static final int MAX_TOOLS = 1_000;

    private final SessionReconstruction reconstruction;
    private final Map<RequestId, SelectedTurn> selected = new HashMap<>();
    private long begun = -1;

    /** Tool calls of the last attempt of a selected question. */
    private static final class SelectedTurn {
        private int attempt;
        private final List<String> tools = new ArrayList<>();

        void attempt(int number) {
            if (number > attempt) {
                attempt = number;
                tools.clear();
            }
        }
    }

    /**
     * End of a selected question.
     *
     * @param begun the turn, with the memory of its last attempt; null if no attempt began
     * @param tools names of the tools that the last attempt called
     */
    record SelectedEnd(@Nullable BegunTurn begun, List<String> tools) {}

    RecordedSession(SessionKey session, int turns) {
        // A record is complete when a later one of the session has begun.
        this.reconstruction = new SessionReconstruction(session, turns, offset -> offset < begun);
    }

    /** Returns the approximate size of the data in this object, in bytes. */
    long bytes() {
        return reconstruction.bytes();
    }

    /** Returns the number of selected questions whose end has not been read yet. */
    int waiting() {
        return selected.size();
    }

    void asked(Ask ask, CommandPosition position, int size, boolean isSelected) {
        reconstruction.asked(ask, position, size);
        if (isSelected && reconstruction.positionOf(ask.requestId()).isPresent()) { // otherwise it is a duplicate
            selected.putIfAbsent(ask.requestId(), new SelectedTurn());
        }
    }

    void deleted(CommandPosition position) {
        reconstruction.deleted(position);
    }

    void edited(SessionChange command, CommandPosition position, int size) {
        reconstruction.edited(command, position, size);
    }

    void started(RequestId request, int attempt, Instant at) {
        begin(request);
        reconstruction.started(request, attempt, at);
        SelectedTurn turn = selected.get(request);
        if (turn != null) {
            turn.attempt(attempt);
        }
    }

    private void begin(RequestId request) {
        reconstruction.positionOf(request).ifPresent(position -> begun = Math.max(begun, position.offset()));
    }

    void toolCalled(RequestId request, int attempt, String tool) {
        SelectedTurn turn = selected.get(request);
        if (turn != null && turn.attempt == attempt && turn.tools.size() < MAX_TOOLS) {
            turn.tools.add(tool);
        }
    }

    /** Adds a terminal event. Returns the end of the question if it is selected and has not ended before. */
    Optional<SelectedEnd> ended(TurnEvent end, int size) {
        SelectedTurn turn = selected.remove(end.requestId());
        BegunTurn begunTurn = turn == null || end.attempt() == 0
                ? null
                : begun(end.requestId()).orElse(null);
        reconstruction.ended(end, size);
        return Optional.ofNullable(turn).map(one -> new SelectedEnd(begunTurn, one.tools));
    }

    /** Returns a question that has begun and has not ended. */
    Optional<BegunTurn> begun(RequestId request) {
        begin(request);
        return reconstruction.begun(request);
    }

    /** Returns true if the session has expired and has no question whose end can follow. */
    boolean isOver(Instant now) {
        return selected.isEmpty() && reconstruction.isOver(now);
    }
}
