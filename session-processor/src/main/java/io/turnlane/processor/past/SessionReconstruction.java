package io.turnlane.processor.past;

import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
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
 * One session as the log tells of it so far: its last turns, the questions whose ends weren't read yet, its deletions.
 * What a life is stands here and nowhere else: it ends by a deletion, and by a silence that is longer than its first
 * question said.
 *
 * <p>A deletion counts once it is known to be done: its record won't be delivered again, or a later turn of the session
 * has begun. Before that, turns that were asked before it still have their ends to come. For one thread.
 */
public final class SessionReconstruction {

    /** Of requests that were erased with their session: a twin of one comes within seconds of it. */
    private static final int MOST_ERASED = 256;

    private static final int BYTES_OF_ERASED = 100;

    private final SessionKey session;
    private final int mostTurns;
    private final LongPredicate done;
    private final PendingTurns open;
    private final Deque<Kept> turns = new ArrayDeque<>();
    private final Deque<Kept> others = new ArrayDeque<>();
    private final Deque<Undone> undoneCommands = new ArrayDeque<>();
    private final Deque<Edit> doneEdits = new ArrayDeque<>();
    private final Set<RequestId> edited = new LinkedHashSet<>();
    private final Set<RequestId> erased = new LinkedHashSet<>();
    private LifeEdits edits = LifeEdits.NONE;
    private @Nullable Deletion deletion;
    private @Nullable Ask first;
    private int answered;
    private int untold;
    private Duration processing = Duration.ZERO;
    private Instant lastEnd = Instant.MIN;
    private Instant lastActivity = Instant.MIN;
    private long keptBytes;
    private int givenBytes;

    private record Kept(EndedTurn turn, int bytes) {}

    /** A command that is done when a turn behind it has begun. */
    private record Undone(long offset, Runnable what) {}

    /**
     * What memory held of a life.
     *
     * @param turns its last turns that ended, oldest first
     * @param unknownTurns how many more it had, of whose ends the log doesn't tell
     * @param initialTurns turns that it was given by an import or a fork, in front of the others
     */
    public record ReconstructedMemory(List<EndedTurn> turns, int unknownTurns, List<PastTurn> initialTurns) {}

    /**
     * Of a session of which nothing was told yet.
     *
     * @param mostTurns that memory keeps
     * @param done whether the record at an offset of the turns topic won't be delivered again
     */
    public SessionReconstruction(SessionKey session, int mostTurns, LongPredicate done) {
        this.session = session;
        this.mostTurns = mostTurns;
        this.done = done;
        this.open = new PendingTurns(done);
    }

    /** What it holds, by the sizes that it was told. */
    public long bytes() {
        return open.bytes() + keptBytes + givenBytes + (long) erased.size() * BYTES_OF_ERASED;
    }

    /**
     * A question; its twin says nothing new, be it behind a deletion.
     *
     * @param size of its record in bytes
     */
    public void asked(Ask ask, CommandPosition place, int size) {
        if (!known(ask.requestId())) {
            open.asked(ask, place, lastActivity, size);
        }
        active(place.loggedAt());
    }

    private boolean known(RequestId request) {
        return open.contains(request)
                || erased.contains(request)
                || turns.stream().anyMatch(kept -> kept.turn().requestId().equals(request));
    }

    /** An attempt began, the first with 1. */
    public void started(RequestId request, int attempt, Instant at) {
        PendingTurn pending = open.started(request, attempt, at);
        if (pending != null) {
            applyBefore(pending.position().offset());
            forgetDoneBefore(pending.position().offset());
        }
        active(at);
    }

    /**
     * A turn completed or failed. An end whose question isn't known was told before, or belongs to a life that is over.
     *
     * @param size of its event in bytes
     */
    public void ended(TurnEvent end, int size) {
        PendingTurn pending = open.ended(end.requestId());
        if (pending != null) {
            if (end.attempt() > 0) { // else it may have overtaken those before it
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
        active(end.at());
    }

    private void keep(EndedTurn turn, int size) {
        first = first == null ? turn.ask() : first;
        keptBytes += size;
        if (turn.isCompleted()) {
            answered++;
            processing = processing.plus(turn.processingTime());
        }
        if (turn.cause() != null && !turn.isKeptInHistory()) {
            putBehind(new Kept(turn, size)); // it takes no place in history
            return;
        }
        turns.addLast(new Kept(turn, size));
        List<Kept> alike = turns.stream()
                .filter(kept -> kept.turn().isKeptInHistory() == turn.isKeptInHistory())
                .toList();
        if (alike.size() > mostTurns) { // those that history doesn't keep push none out
            turns.removeFirstOccurrence(alike.getFirst());
            putBehind(alike.getFirst());
        }
    }

    /** What may be delivered again must not be run again; the rest is forgotten. */
    private void putBehind(Kept kept) {
        others.addLast(kept);
        while (!others.isEmpty() && done.test(others.getFirst().turn().offset())) {
            keptBytes -= others.removeFirst().bytes();
        }
    }

    /** The session was deleted, or is to be. */
    public void deleted(CommandPosition place) {
        Deletion next = new Deletion(place.offset(), place.loggedAt());
        if (done.test(place.offset())) {
            applyBefore(place.offset());
            delete(next);
        } else {
            undoneCommands.addLast(new Undone(place.offset(), () -> delete(next)));
        }
        active(place.loggedAt());
    }

    /**
     * The session was changed by a command that asks nothing, or is to be; a twin says nothing new.
     *
     * @param size of its record in bytes
     */
    public void edited(SessionChange command, CommandPosition place, int size) {
        if (noteOnce(edited, command.requestId())) {
            Edit edit = new Edit(command, place.offset(), place.loggedAt());
            if (done.test(place.offset())) {
                applyBefore(place.offset());
                apply(edit, size);
            } else {
                undoneCommands.addLast(new Undone(place.offset(), () -> apply(edit, 0)));
            }
        }
        active(place.loggedAt());
    }

    private static boolean noteOnce(Set<RequestId> names, RequestId name) {
        if (names.size() == MOST_ERASED) {
            names.remove(names.iterator().next());
        }
        return names.add(name);
    }

    /** A turn behind them has begun: they were done before it, in their order. */
    private void applyBefore(long offset) {
        while (!undoneCommands.isEmpty() && undoneCommands.getFirst().offset() < offset) {
            undoneCommands.removeFirst().what().run();
        }
    }

    private void apply(Edit edit, int size) {
        switch (edit.command()) {
            case ImportSession given when counts(given) -> begin(given, edit, size);
            case UpdateSession update -> edits = edits.with(update);
            case ImportSession _, ForkSession _ -> {}
        }
        doneEdits.addLast(edit);
        while (!doneEdits.isEmpty() && done.test(doneEdits.getFirst().offset())) {
            doneEdits.removeFirst();
        }
    }

    /** A fork makes a session: where there is one, or it was deleted since it was asked for, nothing came of it. */
    private boolean counts(ImportSession given) {
        boolean deletedSince = deletion != null && !deletion.loggedAt().isBefore(given.createdAt());
        return given.forkOf() == null || (turns.isEmpty() && !edits.hasInitialState() && !deletedSince);
    }

    private void begin(ImportSession given, Edit edit, int size) {
        while (!turns.isEmpty()) {
            putBehind(turns.removeFirst());
        }
        if (done.test(edit.offset())) { // so were all that were asked before it, whose ends may be read behind it
            open.removeBefore(edit.offset());
        }
        forgetLife();
        edits = LifeEdits.of(given, edit.offset(), edit.loggedAt());
        givenBytes = size;
        lastEnd = edit.loggedAt();
    }

    private void delete(Deletion next) {
        deletion = next;
        Stream.concat(others.stream(), turns.stream())
                .forEach(kept -> erase(kept.turn().requestId()));
        open.removeBefore(next.offset()).forEach(pending -> erase(pending.ask().requestId()));
        forgetLife();
        others.clear();
        keptBytes = 0;
    }

    private void erase(RequestId request) {
        var _ = noteOnce(erased, request);
    }

    /** The session had expired when this was asked: what was before isn't remembered. */
    private void expireBefore(PendingTurn pending) {
        Instant silent = later(lastEnd, pending.activeBefore());
        if (begun() && pending.position().loggedAt().isAfter(silent.plus(ttl()))) {
            while (!turns.isEmpty()) {
                putBehind(turns.removeFirst());
            }
            forgetLife();
        }
    }

    private void forgetLife() {
        turns.clear();
        edits = LifeEdits.NONE;
        givenBytes = 0;
        first = null;
        answered = 0;
        untold = 0;
        processing = Duration.ZERO;
        lastEnd = Instant.MIN;
    }

    /**
     * Turns run one after another: those that are done ended before this one, in a way of which the log tells no more.
     */
    private void forgetDoneBefore(long offset) {
        for (PendingTurn pending : open.removeDoneBefore(offset)) {
            expireBefore(pending);
            untold++;
        }
    }

    /**
     * Whether its time is up, and no end may follow that makes it live on: a question may wait for longer than that.
     */
    public boolean isOver(Instant now) {
        return open.isEmpty() && expired(now);
    }

    /** Whether all it has are questions that surely ended, before what is read or after. */
    public boolean hasOnlyUnresolvedQuestions() {
        return turns.isEmpty()
                && others.isEmpty()
                && deletion == null
                && !edits.hasInitialState()
                && !open.anyRedeliverable();
    }

    /** Whether nothing happens in it any more and its time is up. */
    private boolean expired(Instant now) {
        return !open.anyRedeliverable() && !now.isBefore(lastActivity.plus(ttl()));
    }

    private boolean begun() {
        return first != null || edits.hasInitialState();
    }

    /** As memory has it: fixed by the first question of a life, whatever later ones say, unless a command said else. */
    private Duration ttl() {
        if (edits.ttl() != null) {
            return edits.ttl();
        }
        if (first != null) {
            return first.sessionTtl();
        }
        return open.first().map(Ask::sessionTtl).orElse(Duration.ZERO);
    }

    /** Whether there is anything of it that memory must not miss. */
    public boolean needsRestore(Instant now) {
        boolean lives = (!turns.isEmpty() || edits.hasInitialState()) && !expired(now);
        return deletion != null
                || !others.isEmpty()
                || lives
                || undone()
                || open.anyRedeliverable()
                || !doneEdits.isEmpty();
    }

    private boolean undone() {
        return turns.stream().anyMatch(kept -> !done.test(kept.turn().offset()));
    }

    /** What memory held when the next question was logged then, if no record told so far is delivered again. */
    public ReconstructedMemory memoryBefore(Instant loggedAt) {
        return silentUntil(loggedAt)
                ? new ReconstructedMemory(List.of(), 0, List.of())
                : new ReconstructedMemory(turnsOf(turns), untold + open.size(), edits.importedTurns());
    }

    private boolean silentUntil(Instant next) {
        return begun() && next.isAfter(lastActivity.plus(ttl()));
    }

    /** All of it, as of now. */
    public RecalledSession toRecalledSession(Instant now) {
        Ask born = first == null
                ? open.redeliverable().findFirst().map(PendingTurn::ask).orElse(null)
                : first;
        boolean lives = (born != null || edits.hasInitialState()) && !expired(now);
        Deque<Kept> behind = new ArrayDeque<>(others);
        if (!lives) {
            turns.stream().filter(kept -> !done.test(kept.turn().offset())).forEach(behind::addLast);
        }
        return new RecalledSession(
                session,
                lives ? life(born, now) : null,
                lives ? turnsOf(turns) : List.of(),
                turnsOf(behind),
                open.redeliverable().map(PendingTurn::toOpenTurn).toList(),
                deletion,
                lives ? edits.initialTurns() : null,
                List.copyOf(doneEdits));
    }

    private Life life(@Nullable Ask born, Instant now) {
        SessionState state = edits.state();
        String agent = born == null ? "" : born.agent();
        return new Life(
                state == null ? Objects.requireNonNull(born).userId() : edits.userId(),
                edits.agent() == null ? agent : edits.agent(),
                state == null ? Objects.requireNonNull(born).createdAt() : state.createdAt(),
                open.anyRedeliverable() ? now : lastActivity,
                ttl(),
                answered + edits.requestCount(),
                processing.plus(edits.processingTime()),
                edits.metadata());
    }

    private static List<EndedTurn> turnsOf(Deque<Kept> kept) {
        return kept.stream().map(Kept::turn).toList();
    }

    private void active(Instant at) {
        lastActivity = later(lastActivity, at);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
