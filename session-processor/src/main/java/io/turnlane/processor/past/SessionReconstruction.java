package io.turnlane.processor.past;

import io.turnlane.model.AgentStates;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.SessionChange;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.past.CurrentLife.KeptTurn;
import io.turnlane.processor.past.PendingTurns.PendingTurn;
import io.turnlane.store.memory.EndedTurn;
import io.turnlane.store.memory.RecalledSession;
import io.turnlane.store.memory.RecalledSession.Deletion;
import io.turnlane.store.memory.RecalledSession.Edit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reconstructs one session from the records of the log: its last turns, its questions that have not ended, and its last
 * deletion. This class also divides the log of a session into lives. A life ends with a deletion, with an import that
 * replaces the session, or with a period without activity that is longer than the session's time to live. The first
 * question or import of a life sets the time to live, and later updates can change it.
 *
 * <p>The record of a deletion does not show when the deletion was carried out. This class applies a deletion only when
 * its record won't be delivered again, or when a later turn of the session has begun. Before that, terminal events of
 * earlier turns can follow. For use by one thread.
 */
public final class SessionReconstruction {

    /**
     * Maximum number of request ids that are kept to recognise duplicates. The newest ids suffice, because a duplicate
     * follows its first record within seconds.
     */
    private static final int MAX_REMEMBERED_IDS = 256;

    private static final int BYTES_PER_ERASED_ID = 100;

    private final SessionKey session;
    private final int maxTurns;
    private final LongPredicate done;
    private final PendingTurns open;
    private final Deque<KeptTurn> redeliverable = new ArrayDeque<>();
    private final Deque<DeferredCommand> deferredCommands = new ArrayDeque<>();
    private final Deque<Edit> doneEdits = new ArrayDeque<>();
    private final Set<RequestId> edited = new LinkedHashSet<>();
    private final Set<RequestId> erased = new LinkedHashSet<>();
    private CurrentLife life;
    private @Nullable Deletion deletion;
    private Instant lastActivity = Instant.MIN;
    private long keptBytes;

    /** A deletion or another change that is applied only when the log shows that the processor has carried it out. */
    private record DeferredCommand(long offset, Runnable action) {}

    /**
     * Creates a reconstruction to which no records have been added yet.
     *
     * @param maxTurns maximum number of turns in a history
     * @param done true for offsets of the turns topic whose records won't be delivered again
     */
    public SessionReconstruction(SessionKey session, int maxTurns, LongPredicate done) {
        this.session = session;
        this.maxTurns = maxTurns;
        this.done = done;
        this.open = new PendingTurns(done);
        this.life = new CurrentLife(maxTurns);
    }

    /** Returns the approximate size of the data in this object, in bytes. */
    public long bytes() {
        return open.bytes() + keptBytes + life.importedBytes() + (long) erased.size() * BYTES_PER_ERASED_ID;
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
                || life.history().stream()
                        .anyMatch(kept -> kept.turn().requestId().equals(request));
    }

    /**
     * Adds the event that an attempt began.
     *
     * @param attempt number of the attempt, from 1
     */
    public void started(RequestId request, int attempt, Instant at) {
        PendingTurn pending = open.started(request, attempt, at);
        if (pending != null) {
            applyBefore(pending.position().offset());
            forgetDoneBefore(pending.position().offset());
        }
        recordActivity(at);
    }

    /**
     * Adds a terminal event. If the turn is not pending, the event is a duplicate or belongs to an earlier life. Such
     * an event only updates the time of the session's last activity.
     *
     * @param size size of the event in bytes
     */
    public void ended(TurnEvent end, int size) {
        PendingTurn pending = open.ended(end.requestId());
        if (pending != null) {
            if (end.attempt() > 0) { // otherwise earlier turns have possibly not ended yet
                applyBefore(pending.position().offset());
                forgetDoneBefore(pending.position().offset());
                expireBefore(pending);
            }
            keep(new KeptTurn(pending.toEndedTurn(end), pending.bytes() + size));
            if (end.body() instanceof TurnEvent.Superseded superseded) {
                open.mergeInto(pending, superseded.cause().by());
            }
            if (end.body() instanceof TurnEvent.Completed completed && completed.states() != null) {
                life.setStates(completed.states());
            }
            life.endedTurnAt(end.at());
        }
        recordActivity(end.at());
    }

    private void keep(KeptTurn kept) {
        EndedTurn turn = kept.turn();
        life.count(turn);
        keptBytes += kept.bytes();
        if (turn.cause() != null && !turn.isKeptInHistory()) {
            keepRedeliverable(kept); // such a turn is not part of the history
        } else {
            life.remember(kept).ifPresent(this::keepRedeliverable);
        }
    }

    /**
     * Keeps a turn that is not in the history as long as its record could be delivered again, because its restored
     * result prevents a second run.
     */
    private void keepRedeliverable(KeptTurn kept) {
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
     * Applies the deferred commands that were logged before this offset. They were carried out, because the command at
     * this offset has begun and a lane runs its commands in order.
     */
    private void applyBefore(long offset) {
        while (!deferredCommands.isEmpty() && deferredCommands.getFirst().offset() < offset) {
            deferredCommands.removeFirst().action().run();
        }
    }

    private void apply(Edit edit, int size) {
        switch (edit.command()) {
            case ImportSession imported when takesEffect(imported) -> begin(imported, edit, size);
            case UpdateSession update -> life.update(update);
            case ImportSession _, ForkSession _ -> {}
        }
        doneEdits.addLast(edit);
        while (!doneEdits.isEmpty() && done.test(doneEdits.getFirst().offset())) {
            doneEdits.removeFirst();
        }
    }

    /**
     * Returns true if the processor applied this import. An import that completes a fork has no effect if the session
     * existed already or was deleted after the fork was requested.
     */
    private boolean takesEffect(ImportSession imported) {
        boolean deletedSince = deletion != null && !deletion.loggedAt().isBefore(imported.createdAt());
        return imported.forkOf() == null || (life.isEmpty() && !deletedSince);
    }

    private void begin(ImportSession imported, Edit edit, int size) {
        life.history().forEach(this::keepRedeliverable);
        if (done.test(edit.offset())) { // earlier turns have ended, even if their terminal events follow later
            open.removeBefore(edit.offset());
        }
        LifeEdits edits = LifeEdits.of(imported, edit.offset(), edit.loggedAt());
        life = new CurrentLife(maxTurns, edits, size, edit.loggedAt());
    }

    private void delete(Deletion next) {
        deletion = next;
        Stream.concat(redeliverable.stream(), life.history().stream())
                .forEach(kept -> markErased(kept.turn().requestId()));
        open.removeBefore(next.offset())
                .forEach(pending -> markErased(pending.ask().requestId()));
        life = new CurrentLife(maxTurns);
        redeliverable.clear();
        keptBytes = 0;
    }

    private void markErased(RequestId request) {
        var _ = addBounded(erased, request);
    }

    /** Ends the current life if the session expired before this question was logged. */
    private void expireBefore(PendingTurn pending) {
        Instant inactiveSince = later(life.lastEnd(), pending.activeBefore());
        if (life.hasBegun() && pending.position().loggedAt().isAfter(inactiveSince.plus(ttl()))) {
            life.history().forEach(this::keepRedeliverable);
            life = new CurrentLife(maxTurns);
        }
    }

    /**
     * Drops the pending turns before this offset that won't be delivered again. They have ended, but the log no longer
     * contains their terminal events.
     */
    private void forgetDoneBefore(long offset) {
        for (PendingTurn pending : open.removeDoneBefore(offset)) {
            expireBefore(pending);
            life.countUnknownTurn();
        }
    }

    /**
     * Returns true if the session has expired and has no pending question. The terminal event of a pending question can
     * still extend the session's life.
     */
    public boolean isOver(Instant now) {
        return open.isEmpty() && expired(now);
    }

    /**
     * Returns true if the only data of the session is questions that have ended, but whose terminal events were not
     * read. Nothing can be restored for such a session.
     */
    public boolean hasOnlyUnresolvedQuestions() {
        return life.isEmpty() && redeliverable.isEmpty() && deletion == null && !open.anyRedeliverable();
    }

    private boolean expired(Instant now) {
        return !open.anyRedeliverable() && !now.isBefore(lastActivity.plus(ttl()));
    }

    private Duration ttl() {
        return life.ttl().or(() -> open.first().map(Ask::sessionTtl)).orElse(Duration.ZERO);
    }

    /** Returns true if memory should contain data of the session at this time. */
    public boolean needsRestore(Instant now) {
        boolean alive = !life.isEmpty() && !expired(now);
        return deletion != null
                || !redeliverable.isEmpty()
                || alive
                || hasRedeliverableTurn()
                || open.anyRedeliverable()
                || !doneEdits.isEmpty();
    }

    private boolean hasRedeliverableTurn() {
        return life.history().stream().anyMatch(kept -> !done.test(kept.turn().offset()));
    }

    /** Returns the position of a pending question; empty if the question is not pending. */
    public Optional<CommandPosition> positionOf(RequestId request) {
        return Optional.ofNullable(open.get(request)).map(PendingTurn::position);
    }

    /**
     * Returns a pending question that has begun, with the memory with which its agent was called. Must be called before
     * the question's terminal event is added. Returns empty if the question is not pending.
     */
    public Optional<BegunTurn> begun(RequestId request) {
        PendingTurn pending = open.get(request);
        if (pending == null) {
            return Optional.empty();
        }
        applyBefore(pending.position().offset());
        forgetDoneBefore(pending.position().offset());
        expireBefore(pending);
        return Optional.of(new BegunTurn(
                pending.ask().withMerged(pending.mergedQuestions().values()),
                pending.position(),
                pending.startedAt(),
                turnsOf(life.history()),
                life.unknownTurns(),
                life.edits().importedTurns(),
                Objects.requireNonNullElse(life.states(), AgentStates.NONE)));
    }

    /** Returns the data of the session that memory should contain at this time. */
    public RecalledSession toRecalledSession(Instant now) {
        LifeEdits edits = life.edits();
        Ask firstAsk = life.first() == null
                ? open.redeliverable().findFirst().map(PendingTurn::ask).orElse(null)
                : life.first();
        boolean alive = (firstAsk != null || edits.hasInitialState()) && !expired(now);
        Deque<KeptTurn> redeliverableTurns = new ArrayDeque<>(redeliverable);
        if (!alive) {
            life.history().stream()
                    .filter(kept -> !done.test(kept.turn().offset()))
                    .forEach(redeliverableTurns::addLast);
        }
        return new RecalledSession(
                session,
                alive ? life.toLife(firstAsk, open.anyRedeliverable() ? now : lastActivity, ttl()) : null,
                alive ? turnsOf(life.history()) : List.of(),
                turnsOf(redeliverableTurns),
                open.openTurns(),
                deletion,
                alive ? edits.initialTurns() : null,
                List.copyOf(doneEdits));
    }

    private static List<EndedTurn> turnsOf(Collection<KeptTurn> kept) {
        return kept.stream().map(KeptTurn::turn).toList();
    }

    private void recordActivity(Instant at) {
        lastActivity = later(lastActivity, at);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
