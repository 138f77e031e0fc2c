package io.turnlane.processor.rebuild.recall;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.past.CommandPosition;
import io.turnlane.processor.past.PastRecords;
import io.turnlane.processor.past.SessionReconstruction;
import io.turnlane.store.memory.RecalledSession;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Collects the sessions of a partition during one pass over the log. Removes sessions that have expired. If the
 * sessions exceed the {@linkplain RecallLimits limits} on number or size, drops the longest idle ones. For use by one
 * thread.
 */
public final class RecallCollector implements PastRecords {

    private final RecallLimits limits;
    private final LongPredicate done;
    private final @Nullable SessionKey only;
    /** Sessions in the order of their last record, the longest idle first. */
    private final LinkedHashMap<SessionKey, SessionReconstruction> reconstructions =
            new LinkedHashMap<>(16, 0.75f, true);

    private final List<RecalledSession> expiredSessions = new ArrayList<>();
    private long bytes;
    private int dropped;

    /**
     * @param done true for offsets of the turns topic whose records won't be delivered again
     * @param only the only session to collect; null for all
     */
    public RecallCollector(RecallLimits limits, LongPredicate done, @Nullable SessionKey only) {
        this.limits = limits;
        this.done = done;
        this.only = only;
    }

    @Override
    public boolean wants(SessionKey session) {
        return only == null || only.equals(session);
    }

    @Override
    public void asked(Ask ask, CommandPosition position, int size) {
        update(ask.key(), reconstruction -> reconstruction.asked(ask, position, size));
    }

    @Override
    public void cancelled(CancelTurn cancel) {
        update(cancel.key(), reconstruction -> reconstruction.cancelled(cancel));
    }

    @Override
    public void deleted(SessionKey session, CommandPosition position) {
        update(session, reconstruction -> reconstruction.deleted(position));
    }

    @Override
    public void edited(SessionChange command, CommandPosition position, int size) {
        update(command.key(), reconstruction -> reconstruction.edited(command, position, size));
    }

    @Override
    public void started(SessionKey session, RequestId request, int attempt, Instant at) {
        if (reconstructions.containsKey(session)) {
            update(session, reconstruction -> reconstruction.started(request, attempt, at));
        }
    }

    @Override
    public void ended(SessionKey session, TurnEvent end, int size) {
        if (reconstructions.containsKey(session)) {
            update(session, reconstruction -> reconstruction.ended(end, size));
            expire(end.at());
        }
    }

    private void update(SessionKey session, Consumer<SessionReconstruction> change) {
        SessionReconstruction reconstruction =
                reconstructions.computeIfAbsent(session, key -> new SessionReconstruction(key, limits.turns(), done));
        long before = reconstruction.bytes();
        change.accept(reconstruction);
        bytes += reconstruction.bytes() - before;
        while (reconstructions.size() > 1 && (reconstructions.size() > limits.sessions() || bytes > limits.bytes())) {
            dropLongestIdle();
        }
    }

    private void dropLongestIdle() {
        Iterator<Map.Entry<SessionKey, SessionReconstruction>> oldest =
                reconstructions.entrySet().iterator();
        SessionReconstruction reconstruction = oldest.next().getValue();
        bytes -= reconstruction.bytes();
        oldest.remove();
        if (!reconstruction.hasOnlyUnresolvedQuestions()) {
            dropped++;
        }
    }

    /** Removes expired sessions. Keeps the data that is needed if a record of such a session is delivered again. */
    private void expire(Instant now) {
        Iterator<SessionReconstruction> oldest = reconstructions.values().iterator();
        while (oldest.hasNext()) {
            SessionReconstruction reconstruction = oldest.next();
            if (!reconstruction.isOver(now)) {
                return;
            }
            if (reconstruction.needsRestore(now)) {
                keepExpired(reconstruction.toRecalledSession(now));
            }
            bytes -= reconstruction.bytes();
            oldest.remove();
        }
    }

    private void keepExpired(RecalledSession session) {
        if (expiredSessions.size() < limits.sessions()) {
            expiredSessions.add(session);
        } else {
            dropped++;
        }
    }

    /**
     * Returns all sessions with data that memory should contain at this time. A session that expired and was used again
     * can occur several times. Its current data is last.
     */
    public List<RecalledSession> sessions(Instant now) {
        List<RecalledSession> sessions = new ArrayList<>(expiredSessions);
        reconstructions.values().stream()
                .filter(reconstruction -> reconstruction.needsRestore(now))
                .map(reconstruction -> reconstruction.toRecalledSession(now))
                .forEach(sessions::add);
        return sessions;
    }

    /** Returns the number of sessions that were dropped because of the limits on number and size. */
    public int dropped() {
        return dropped;
    }
}
