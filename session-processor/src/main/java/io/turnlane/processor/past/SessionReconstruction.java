package io.turnlane.processor.past;

import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.SessionKey;
import io.turnlane.model.SessionState;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.memory.EndedTurn;
import io.turnlane.processor.memory.RecalledSession;
import io.turnlane.processor.memory.RecalledSession.Deletion;
import io.turnlane.processor.memory.RecalledSession.Edit;
import io.turnlane.processor.memory.RecalledSession.Life;
import io.turnlane.processor.past.PendingTurns.PendingTurn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reconstructs one session from the log: its last turns, the questions without a terminal event so far, and its
 * deletions. This class also divides the log of a session into lives. A life ends with a deletion, or with a period
 * without activity that is longer than the session's time to live. The life's first question sets the time to live, and
 * later commands can change it.
 *
 * <p>A deletion takes effect when it is known to be complete: if its record won't be delivered again, or if a later
 * turn of the session has begun. Until then, terminal events of turns that were asked before the deletion can follow.
 * For use by one thread.
 */
public final class SessionReconstruction {

    /**
     * Maximum number of erased or edited request ids that are kept. A duplicate follows its first record within
     * seconds.
     */
    private static final int MAX_REMEMBERED_IDS = 256;

    private static final int BYTES_PER_ERASED_ID = 100;

    private final SessionKey session;
    private final int maxTurns;
    private final LongPredicate done;
    private final PendingTurns open;
    private final Deque<Kept> turns = new ArrayDeque<>();
    private final Deque<Kept> redeliverable = new ArrayDeque<>();
    private final Deque<DeferredCommand> deferredCommands = new ArrayDeque<>();
    private final Deque<Edit> doneEdits = new ArrayDeque<>();
    private final Set<RequestId> edited = new LinkedHashSet<>();
    private final Set<RequestId> erased = new LinkedHashSet<>();
    private LifeEdits edits = LifeEdits.NONE;
    private @Nullable Deletion deletion;
    private @Nullable Ask first;
    private int answered;
    private int unknownTurns;
    private Duration processing = Duration.ZERO;
    private Instant lastEnd = Instant.MIN;
    private Instant lastActivity = Instant.MIN;
    private long keptBytes;
    private int importedBytes;

    private record Kept(EndedTurn turn, int bytes) {}

    /** A command that takes effect when a later turn begins. */
    private record DeferredCommand(long offset, Runnable action) {}

    /**
     * Memory of a session at one time.
     *
     * @param turns last ended turns, oldest first
     * @param unknownTurns number of further turns whose terminal events the log no longer holds
     * @param initialTurns turns of the import or fork with which the life began; they precede {@code turns}
     */
    public record ReconstructedMemory(List<EndedTurn> turns, int unknownTurns, List<PastTurn> initialTurns) {}

    /**
     * Creates a session of which nothing has been read yet.
     *
     * @param maxTurns maximum number of turns in a history
     * @param done true for offsets of the turns topic whose records won't be delivered again
     */
    public SessionReconstruction(SessionKey session, int maxTurns, LongPredicate done) {
        this.session = session;
        this.maxTurns = maxTurns;
        this.done = done;
        this.open = new PendingTurns(done);
    }

    /** Returns the approximate size of the kept data, in bytes: the sum of the sizes of its records. */
    public long bytes() {
        return open.bytes() + keptBytes + importedBytes + (long) erased.size() * BYTES_PER_ERASED_ID;
    }

    /**
     * Adds a question. A duplicate is ignored, even if it follows a deletion.
     *
     * @param size size of the record in bytes
     */
    public void asked(Ask ask, CommandPosition position, int size) {
        if (!known(ask.requestId())) {
            open.asked(ask, position, lastActivity, size);
        }
        recordActivity(position.loggedAt());
    }

    private boolean known(RequestId request) {
        return open.contains(request)
                || erased.contains(request)
                || turns.stream().anyMatch(kept -> kept.turn().requestId().equals(request));
    }

    /** Adds the begin of an attempt. The first attempt is 1. */
    public void started(RequestId request, int attempt, Instant at) {
        PendingTurn pending = open.started(request, attempt, at);
        if (pending != null) {
            applyBefore(pending.position().offset());
            forgetDoneBefore(pending.position().offset());
        }
        recordActivity(at);
    }

    /**
     * Adds a terminal event. If the turn's question is unknown, the event is a duplicate or belongs to an earlier life.
     * This method then only notes its time as the session's latest activity.
     *
     * @param size size of the event in bytes
     */
    public void ended(TurnEvent end, int size) {
        PendingTurn pending = open.ended(end.requestId());
        if (pending != null) {
            if (end.attempt() > 0) { // a turn that never began may have ended before earlier turns
                applyBefore(pending.position().offset());
                forgetDoneBefore(pending.position().offset());
                expireBefore(pending);
            }
            keep(pending.toEndedTurn(end), pending.bytes() + size);
            if (end.body() instanceof TurnEvent.Superseded superseded) {
                open.mergeInto(pending, superseded.cause().by());
            }
            lastEnd = later(lastEnd, end.at());
        }
        recordActivity(end.at());
    }

    private void keep(EndedTurn turn, int size) {
        first = first == null ? turn.ask() : first;
        keptBytes += size;
        if (turn.isCompleted()) {
            answered++;
            processing = processing.plus(turn.processingTime());
        }
        if (turn.cause() != null && !turn.isKeptInHistory()) {
            keepRedeliverable(new Kept(turn, size)); // it doesn't count towards the length of history
            return;
        }
        turns.addLast(new Kept(turn, size));
        List<Kept> sameKind = turns.stream()
                .filter(kept -> kept.turn().isKeptInHistory() == turn.isKeptInHistory())
                .toList();
        if (sameKind.size() > maxTurns) { // turns that history doesn't keep displace only their like
            turns.removeFirstOccurrence(sameKind.getFirst());
            keepRedeliverable(sameKind.getFirst());
        }
    }

    /**
     * If the turn's record could be delivered again, keeps the turn outside the history, so that it isn't run again.
     * Otherwise drops the turn.
     */
    private void keepRedeliverable(Kept kept) {
        redeliverable.addLast(kept);
        while (!redeliverable.isEmpty()
                && done.test(redeliverable.getFirst().turn().offset())) {
            keptBytes -= redeliverable.removeFirst().bytes();
        }
    }

    /** Adds a client's cancel of a question that has not ended. The cancel can precede its question. */
    public void cancelled(CancelTurn cancel) {
        open.cancelled(cancel);
    }

    /** Adds a deletion. */
    public void deleted(CommandPosition position) {
        Deletion next = new Deletion(position.offset(), position.loggedAt());
        if (done.test(position.offset())) {
            applyBefore(position.offset());
            delete(next);
        } else {
            deferredCommands.addLast(new DeferredCommand(position.offset(), () -> delete(next)));
        }
        recordActivity(position.loggedAt());
    }

    /**
     * Adds a command that changes the session and asks no question. A duplicate is ignored.
     *
     * @param size size of the record in bytes
     */
    public void edited(SessionChange command, CommandPosition position, int size) {
        if (addBounded(edited, command.requestId())) {
            Edit edit = new Edit(command, position.offset(), position.loggedAt());
            if (done.test(position.offset())) {
                applyBefore(position.offset());
                apply(edit, size);
            } else {
                deferredCommands.addLast(new DeferredCommand(position.offset(), () -> apply(edit, 0)));
            }
        }
        recordActivity(position.loggedAt());
    }

    private static boolean addBounded(Set<RequestId> ids, RequestId id) {
        if (ids.size() == MAX_REMEMBERED_IDS) {
            ids.remove(ids.iterator().next());
        }
        return ids.add(id);
    }

    /**
     * Applies the commands that were logged before a turn that has begun. They were applied before that turn, because a
     * lane runs its commands in order.
     */
    private void applyBefore(long offset) {
        while (!deferredCommands.isEmpty() && deferredCommands.getFirst().offset() < offset) {
            deferredCommands.removeFirst().action().run();
        }
    }

    private void apply(Edit edit, int size) {
        switch (edit.command()) {
            case ImportSession imported when takesEffect(imported) -> begin(imported, edit, size);
            case UpdateSession update -> edits = edits.with(update);
            case ImportSession _, ForkSession _ -> {}
        }
        doneEdits.addLast(edit);
        while (!doneEdits.isEmpty() && done.test(doneEdits.getFirst().offset())) {
            doneEdits.removeFirst();
        }
    }

    /**
     * Returns false if the import of a fork had no effect, because the session existed already or was deleted after the
     * fork was requested.
     */
    private boolean takesEffect(ImportSession imported) {
        boolean deletedSince = deletion != null && !deletion.loggedAt().isBefore(imported.createdAt());
        return imported.forkOf() == null || (turns.isEmpty() && !edits.hasInitialState() && !deletedSince);
    }

    private void begin(ImportSession imported, Edit edit, int size) {
        while (!turns.isEmpty()) {
            keepRedeliverable(turns.removeFirst());
        }
        if (done.test(edit.offset())) { // earlier turns are done too, though their ends may follow
            open.removeBefore(edit.offset());
        }
        forgetLife();
        edits = LifeEdits.of(imported, edit.offset(), edit.loggedAt());
        importedBytes = size;
        lastEnd = edit.loggedAt();
    }

    private void delete(Deletion next) {
        deletion = next;
        Stream.concat(redeliverable.stream(), turns.stream())
                .forEach(kept -> markErased(kept.turn().requestId()));
        open.removeBefore(next.offset())
                .forEach(pending -> markErased(pending.ask().requestId()));
        forgetLife();
        redeliverable.clear();
        keptBytes = 0;
    }

    private void markErased(RequestId request) {
        var _ = addBounded(erased, request);
    }

    /** Ends the life if the session had expired when this question was logged. */
    private void expireBefore(PendingTurn pending) {
        Instant inactiveSince = later(lastEnd, pending.activeBefore());
        if (hasBegun() && pending.position().loggedAt().isAfter(inactiveSince.plus(ttl()))) {
            while (!turns.isEmpty()) {
                keepRedeliverable(turns.removeFirst());
            }
            forgetLife();
        }
    }

    private void forgetLife() {
        turns.clear();
        edits = LifeEdits.NONE;
        importedBytes = 0;
        first = null;
        answered = 0;
        unknownTurns = 0;
        processing = Duration.ZERO;
        lastEnd = Instant.MIN;
    }

    /**
     * Drops earlier pending turns that won't be delivered again. A session's turns run in order, so these turns ended
     * before this one. The log no longer holds their terminal events.
     */
    private void forgetDoneBefore(long offset) {
        for (PendingTurn pending : open.removeDoneBefore(offset)) {
            expireBefore(pending);
            unknownTurns++;
        }
    }

    /**
     * Returns true if the session has expired and has no pending question. A question can wait for longer than the
     * session's time to live, and its terminal event then extends the session's life.
     */
    public boolean isOver(Instant now) {
        return open.isEmpty() && expired(now);
    }

    /**
     * Returns true if the session consists only of questions that have ended but whose terminal events were not read.
     */
    public boolean hasOnlyUnresolvedQuestions() {
        return turns.isEmpty()
                && redeliverable.isEmpty()
                && deletion == null
                && !edits.hasInitialState()
                && !open.anyRedeliverable();
    }

    private boolean expired(Instant now) {
        return !open.anyRedeliverable() && !now.isBefore(lastActivity.plus(ttl()));
    }

    private boolean hasBegun() {
        return first != null || edits.hasInitialState();
    }

    /**
     * Returns the session's time to live. As in memory, the first question of a life sets it, and only commands change
     * it later.
     */
    private Duration ttl() {
        if (edits.ttl() != null) {
            return edits.ttl();
        }
        if (first != null) {
            return first.sessionTtl();
        }
        return open.first().map(Ask::sessionTtl).orElse(Duration.ZERO);
    }

    /** Returns true if memory needs any data of this session. */
    public boolean needsRestore(Instant now) {
        boolean alive = (!turns.isEmpty() || edits.hasInitialState()) && !expired(now);
        return deletion != null
                || !redeliverable.isEmpty()
                || alive
                || hasRedeliverableTurn()
                || open.anyRedeliverable()
                || !doneEdits.isEmpty();
    }

    private boolean hasRedeliverableTurn() {
        return turns.stream().anyMatch(kept -> !done.test(kept.turn().offset()));
    }

    /**
     * Returns the memory that a question logged at this time would find. Assumes that no record read so far will be
     * delivered again.
     */
    public ReconstructedMemory memoryBefore(Instant loggedAt) {
        return expiredBefore(loggedAt)
                ? new ReconstructedMemory(List.of(), 0, List.of())
                : new ReconstructedMemory(turnsOf(turns), unknownTurns + open.size(), edits.importedTurns());
    }

    private boolean expiredBefore(Instant next) {
        return hasBegun() && next.isAfter(lastActivity.plus(ttl()));
    }

    /** Returns the complete session as of now. */
    public RecalledSession toRecalledSession(Instant now) {
        Ask firstAsk = first == null
                ? open.redeliverable().findFirst().map(PendingTurn::ask).orElse(null)
                : first;
        boolean alive = (firstAsk != null || edits.hasInitialState()) && !expired(now);
        Deque<Kept> redeliverableTurns = new ArrayDeque<>(redeliverable);
        if (!alive) {
            turns.stream().filter(kept -> !done.test(kept.turn().offset())).forEach(redeliverableTurns::addLast);
        }
        return new RecalledSession(
                session,
                alive ? life(firstAsk, now) : null,
                alive ? turnsOf(turns) : List.of(),
                turnsOf(redeliverableTurns),
                open.openTurns(),
                deletion,
                alive ? edits.initialTurns() : null,
                List.copyOf(doneEdits));
    }

    private Life life(@Nullable Ask firstAsk, Instant now) {
        SessionState state = edits.state();
        String agent = firstAsk == null ? "" : firstAsk.agent();
        return new Life(
                state == null ? Objects.requireNonNull(firstAsk).userId() : edits.userId(),
                edits.agent() == null ? agent : edits.agent(),
                state == null ? Objects.requireNonNull(firstAsk).createdAt() : state.createdAt(),
                open.anyRedeliverable() ? now : lastActivity,
                ttl(),
                answered + edits.requestCount(),
                processing.plus(edits.processingTime()),
                edits.metadata());
    }

    private static List<EndedTurn> turnsOf(Deque<Kept> kept) {
        return kept.stream().map(Kept::turn).toList();
    }

    private void recordActivity(Instant at) {
        lastActivity = later(lastActivity, at);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
