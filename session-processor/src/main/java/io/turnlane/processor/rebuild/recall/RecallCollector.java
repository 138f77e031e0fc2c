package io.turnlane.processor.rebuild.recall;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.memory.RecalledSession;
import io.turnlane.processor.past.CommandPosition;
import io.turnlane.processor.past.SessionReconstruction;
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
 * What one pass over a partition remembers of its sessions, bounded: sessions whose time is up go as the pass goes on,
 * and of too many the longest idle. For one thread.
 */
public final class RecallCollector implements SessionLog.SessionLogListener {

    private final RecallLimits limits;
    private final LongPredicate done;
    private final @Nullable SessionKey only;
    /** The longest idle first. */
    private final LinkedHashMap<SessionKey, SessionReconstruction> pasts = new LinkedHashMap<>(16, 0.75f, true);

    private final List<RecalledSession> leftBehind = new ArrayList<>();
    private long bytes;
    private int dropped;

    /**
     * @param done whether the record at an offset of the turns topic won't be delivered again
     * @param only the one session that counts; null for all
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
    public void asked(Ask ask, CommandPosition place, int size) {
        tell(ask.key(), past -> past.asked(ask, place, size));
    }

    @Override
    public void deleted(SessionKey session, CommandPosition place) {
        tell(session, past -> past.deleted(place));
    }

    @Override
    public void edited(SessionChange command, CommandPosition place, int size) {
        tell(command.key(), past -> past.edited(command, place, size));
    }

    @Override
    public void started(SessionKey session, RequestId request, int attempt, Instant at) {
        if (pasts.containsKey(session)) {
            tell(session, past -> past.started(request, attempt, at));
        }
    }

    @Override
    public void ended(SessionKey session, TurnEvent end, int size) {
        if (pasts.containsKey(session)) {
            tell(session, past -> past.ended(end, size));
            expire(end.at());
        }
    }

    private void tell(SessionKey session, Consumer<SessionReconstruction> what) {
        SessionReconstruction past =
                pasts.computeIfAbsent(session, key -> new SessionReconstruction(key, limits.turns(), done));
        long before = past.bytes();
        what.accept(past);
        bytes += past.bytes() - before;
        while (pasts.size() > 1 && (pasts.size() > limits.sessions() || bytes > limits.bytes())) {
            dropLongestIdle();
        }
    }

    private void dropLongestIdle() {
        Iterator<Map.Entry<SessionKey, SessionReconstruction>> oldest =
                pasts.entrySet().iterator();
        SessionReconstruction past = oldest.next().getValue();
        bytes -= past.bytes();
        oldest.remove();
        if (!past.hasOnlyUnresolvedQuestions()) {
            dropped++;
        }
    }

    /** Of a session whose time is up only that stays which a redelivery may still ask for. */
    private void expire(Instant now) {
        Iterator<SessionReconstruction> oldest = pasts.values().iterator();
        while (oldest.hasNext()) {
            SessionReconstruction past = oldest.next();
            if (!past.isOver(now)) {
                return;
            }
            if (past.needsRestore(now)) {
                leaveBehind(past.toRecalledSession(now));
            }
            bytes -= past.bytes();
            oldest.remove();
        }
    }

    private void leaveBehind(RecalledSession rest) {
        if (leftBehind.size() < limits.sessions()) {
            leftBehind.add(rest);
        } else {
            dropped++;
        }
    }

    /**
     * All sessions of which memory should hold something, as of now; where one had several lives, each of them, the
     * last one last.
     */
    public List<RecalledSession> sessions(Instant now) {
        List<RecalledSession> sessions = new ArrayList<>(leftBehind);
        pasts.values().stream()
                .filter(past -> past.needsRestore(now))
                .map(past -> past.toRecalledSession(now))
                .forEach(sessions::add);
        return sessions;
    }

    /** How many sessions were dropped because there were too many, or too large ones. */
    public int dropped() {
        return dropped;
    }
}
