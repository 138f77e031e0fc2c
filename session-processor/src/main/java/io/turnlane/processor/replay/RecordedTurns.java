package io.turnlane.processor.replay;

import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.past.BegunTurn;
import io.turnlane.processor.past.CommandPosition;
import io.turnlane.processor.past.PastRecords;
import io.turnlane.processor.replay.RecordedSession.SelectedEnd;
import io.turnlane.processor.replay.RecordedTurn.FailedTurn;
import io.turnlane.processor.replay.compare.TurnOutcome;
import io.turnlane.store.memory.EndedTurn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reconstructs the sessions of a partition during one pass over the log, and passes each selected turn to a receiver
 * when its end is read. Keeps the turns of a session only as long as a later turn needs them as history. Removes
 * sessions that have expired. If the sessions exceed the limits on number or size, drops the longest idle ones. For use
 * by one thread, except {@link #progress}.
 */
final class RecordedTurns implements PastRecords {

    private final int partition;
    private final HistoryLimits limits;
    private final Choice choice;
    private final Consumer<RecordedTurn> receiver;
    /** Sessions in the order of their last record, the longest idle first. */
    private final LinkedHashMap<SessionKey, RecordedSession> sessions = new LinkedHashMap<>(16, 0.75f, true);

    private long bytes;
    private int waiting;
    private int otherEnds;
    private int droppedSessions;
    private long nextOffset;
    private volatile ReadProgress progress = new ReadProgress(0, 0, 0, 0);

    /**
     * Limits on the sessions that are kept during a pass.
     *
     * @param turns maximum number of turns in a session's history
     * @param sessions maximum number of sessions
     * @param bytes maximum total size of the sessions' records
     */
    record HistoryLimits(int turns, int sessions, long bytes) {}

    /**
     * Progress of a pass.
     *
     * @param nextOffset offset in the turns topic that follows the last command that was read
     * @param otherEnds number of selected questions that are not passed on, because no attempt began or because of
     *     their end
     * @param waiting number of selected questions whose end has not been read yet
     * @param droppedSessions number of sessions that were dropped because of the limits
     */
    record ReadProgress(long nextOffset, int otherEnds, int waiting, int droppedSessions) {}

    /** Choice of the turns that a pass is for. */
    interface Choice {

        /** Returns true if turns of this session can be selected. Records of other sessions are not parsed. */
        boolean wants(SessionKey session);

        /** Returns true if the question is selected, independently of its end. */
        boolean wants(Ask ask, Instant loggedAt);

        /** Returns true if selected questions with this end are passed to the receiver. */
        boolean wants(RequestStatus end);
    }

    /** @param partition number of the partition that the pass reads */
    RecordedTurns(int partition, HistoryLimits limits, Choice choice, Consumer<RecordedTurn> receiver) {
        this.partition = partition;
        this.limits = limits;
        this.choice = choice;
        this.receiver = receiver;
    }

    /** Returns the number of selected questions whose end has not been read yet. */
    int waiting() {
        return waiting;
    }

    /** Returns the progress of the pass. Any thread may call this method. */
    ReadProgress progress() {
        return progress;
    }

    /** Returns a selected question whose end the pass has not read. */
    Optional<RecordedTurn> unended(SessionKey session, RequestId request) {
        return Optional.ofNullable(sessions.get(session))
                .flatMap(recorded -> recorded.begun(request))
                .map(begun -> recorded(begun, null));
    }

    @Override
    public boolean wants(SessionKey session) {
        return choice.wants(session);
    }

    @Override
    public boolean wantsToolCalls() {
        return true;
    }

    @Override
    public void asked(Ask ask, CommandPosition position, int size) {
        update(ask.key(), session -> session.asked(ask, position, size, choice.wants(ask, position.loggedAt())));
        read(position);
    }

    @Override
    public void cancelled(CancelTurn cancel) {}

    @Override
    public void deleted(SessionKey session, CommandPosition position) {
        update(session, recorded -> recorded.deleted(position));
        read(position);
    }

    @Override
    public void edited(SessionChange command, CommandPosition position, int size) {
        update(command.key(), session -> session.edited(command, position, size));
        read(position);
    }

    private void publishProgress() {
        progress = new ReadProgress(nextOffset, otherEnds, waiting, droppedSessions);
    }

    private void read(CommandPosition position) {
        nextOffset = position.offset() + 1;
        publishProgress();
    }

    @Override
    public void started(SessionKey session, RequestId request, int attempt, Instant at) {
        if (sessions.containsKey(session)) {
            update(session, recorded -> recorded.started(request, attempt, at));
        }
    }

    @Override
    public void toolCalled(SessionKey session, RequestId request, int attempt, String tool) {
        if (sessions.containsKey(session)) {
            update(session, recorded -> recorded.toolCalled(request, attempt, tool));
        }
    }

    @Override
    public void ended(SessionKey session, TurnEvent end, int size) {
        if (sessions.containsKey(session)) {
            update(session, recorded -> recorded.ended(end, size).ifPresent(selected -> ended(selected, end)));
            expire(end.at());
            publishProgress();
        }
    }

    private void ended(SelectedEnd selected, TurnEvent end) {
        BegunTurn begun = selected.begun();
        if (begun != null && choice.wants(RequestStatus.of(end.body().type()))) {
            receiver.accept(recorded(begun, outcome(begun, end, selected.tools())));
        } else {
            otherEnds++;
        }
    }

    private void update(SessionKey key, Consumer<RecordedSession> change) {
        RecordedSession session = sessions.computeIfAbsent(key, one -> new RecordedSession(one, limits.turns()));
        long bytesBefore = session.bytes();
        int waitingBefore = session.waiting();
        change.accept(session);
        bytes += session.bytes() - bytesBefore;
        waiting += session.waiting() - waitingBefore;
        while (sessions.size() > 1 && (sessions.size() > limits.sessions() || bytes > limits.bytes())) {
            removeOldest();
            droppedSessions++;
        }
    }

    /** Removes expired sessions. */
    private void expire(Instant now) {
        for (Map.Entry<SessionKey, RecordedSession> oldest = sessions.firstEntry();
                oldest != null && oldest.getValue().isOver(now);
                oldest = sessions.firstEntry()) {
            removeOldest();
        }
    }

    private void removeOldest() {
        Iterator<RecordedSession> oldest = sessions.values().iterator();
        RecordedSession removed = oldest.next();
        bytes -= removed.bytes();
        waiting -= removed.waiting();
        oldest.remove();
    }

    private RecordedTurn recorded(BegunTurn begun, @Nullable TurnOutcome outcome) {
        List<PastTurn> history = new ArrayList<>(begun.initialTurns());
        List<FailedTurn> failed = new ArrayList<>();
        for (EndedTurn turn : begun.turns()) {
            if (turn.isCompleted()) {
                history.add(turn.toPastTurn());
            } else if (turn.status() == RequestStatus.FAILED) {
                failed.add(new FailedTurn(turn.requestId(), turn.question(), turn.endedAt(), history.size()));
            }
        }
        int cut = Math.max(0, history.size() - limits.turns());
        return new RecordedTurn(
                begun.ask(),
                partition,
                begun.position().offset(),
                begun.position().loggedAt(),
                history.subList(cut, history.size()),
                failed.stream().map(turn -> turn.after(cut)).toList(),
                begun.states(),
                begun.unknownTurns(),
                outcome);
    }

    private static @Nullable TurnOutcome outcome(BegunTurn begun, TurnEvent end, List<String> tools) {
        Instant started = begun.startedAt();
        Long latency = started == null
                ? null
                : (Long) Math.max(0, Duration.between(started, end.at()).toMillis());
        return switch (end.body()) {
            case TurnEvent.Completed completed ->
                new TurnOutcome(completed.answer(), null, completed.answer().usage(), tools, latency);
            case TurnEvent.Failed failed -> new TurnOutcome(null, failed.error(), failed.usage(), tools, latency);
            default -> null;
        };
    }
}
