package io.turnlane.processor.past;

import io.turnlane.model.EndCause;
import io.turnlane.model.PastTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.Change;
import io.turnlane.model.SessionCommand.ForkSession;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionCommand.UpdateSession;
import io.turnlane.model.SessionKey;
import io.turnlane.model.SessionState;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.memory.EndedTurn;
import io.turnlane.processor.memory.OpenTurn;
import io.turnlane.processor.memory.RecalledSession;
import io.turnlane.processor.memory.RecalledSession.Deletion;
import io.turnlane.processor.memory.RecalledSession.Edit;
import io.turnlane.processor.memory.RecalledSession.Life;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
public final class SessionPast {

    /** Of requests that were erased with their session: a twin of one comes within seconds of it. */
    private static final int MOST_ERASED = 256;

    private static final int BYTES_OF_ERASED = 100;

    private final SessionKey session;
    private final int mostTurns;
    private final LongPredicate done;
    private final Map<RequestId, Pending> open = new LinkedHashMap<>();
    private final Deque<Kept> turns = new ArrayDeque<>();
    private final Deque<Kept> others = new ArrayDeque<>();
    private final Deque<Deletion> undoneDeletions = new ArrayDeque<>();
    private final Deque<Edit> undoneEdits = new ArrayDeque<>();
    private final Deque<Edit> doneEdits = new ArrayDeque<>();
    private final Set<RequestId> edited = new LinkedHashSet<>();
    private final Set<RequestId> erased = new LinkedHashSet<>();
    private LifeEdits edits = LifeEdits.NONE;
    private int givenBytes;
    private @Nullable Deletion deletion;
    private @Nullable Ask first;
    private int answered;
    private int untold;
    private Duration processing = Duration.ZERO;
    private Instant lastEnd = Instant.MIN;
    private Instant lastActivity = Instant.MIN;
    private long bytes;

    /** @param silentSince when the session last did anything before this was asked */
    private record Pending(
            Ask ask,
            Place place,
            Instant silentSince,
            int bytes,
            int attempt,
            @Nullable Instant startedAt,
            Map<RequestId, String> absorbed) {

        Pending started(int newest, Instant at) {
            return new Pending(ask, place, silentSince, bytes, newest, at, absorbed);
        }
    }

    private record Kept(EndedTurn turn, int bytes) {}

    /**
     * What memory held of a life.
     *
     * @param turns its last turns that ended, oldest first
     * @param untold how many more it had, of whose ends the log doesn't tell
     * @param given turns that it was given by an import or a fork, in front of the others
     */
    public record Told(List<EndedTurn> turns, int untold, List<PastTurn> given) {}

    /**
     * Of a session of which nothing was told yet.
     *
     * @param mostTurns that memory keeps
     * @param done whether the record at an offset of the turns topic won't be delivered again
     */
    public SessionPast(SessionKey session, int mostTurns, LongPredicate done) {
        this.session = session;
        this.mostTurns = mostTurns;
        this.done = done;
    }

    /** What it holds, by the sizes that it was told. */
    public long bytes() {
        return bytes;
    }

    /**
     * A question; its twin says nothing new, be it behind a deletion.
     *
     * @param size of its record in bytes
     */
    public void asked(Ask ask, Place place, int size) {
        if (!known(ask.requestId())) {
            open.put(ask.requestId(), new Pending(ask, place, lastActivity, size, 0, null, new LinkedHashMap<>()));
            bytes += size;
        }
        active(place.loggedAt());
    }

    private boolean known(RequestId request) {
        return open.containsKey(request)
                || erased.contains(request)
                || turns.stream().anyMatch(kept -> kept.turn().requestId().equals(request));
    }

    /** An attempt began, the first with 1. */
    public void started(RequestId request, int attempt, Instant at) {
        Pending pending = open.get(request);
        if (pending != null) {
            applyBefore(pending.place().offset());
            forgetDoneBefore(pending.place().offset());
            open.put(request, pending.started(Math.max(attempt, pending.attempt()), at));
        }
        active(at);
    }

    /**
     * A turn completed or failed. An end whose question isn't known was told before, or belongs to a life that is over.
     *
     * @param size of its event in bytes
     */
    public void ended(TurnEvent end, int size) {
        Pending pending = open.remove(end.requestId());
        if (pending != null) {
            if (end.attempt() > 0) { // else it may have overtaken those before it
                applyBefore(pending.place().offset());
                forgetDoneBefore(pending.place().offset());
                expireBefore(pending);
            }
            keep(endedTurn(pending, end), pending.bytes() + size);
            if (end.body() instanceof TurnEvent.Superseded superseded) {
                absorb(pending, superseded.cause().by());
            }
            bytes += size;
            lastEnd = later(lastEnd, end.at());
        }
        active(end.at());
    }

    /** Its question, and those merged into it before, belong to the one that superseded it. */
    private void absorb(Pending pending, @Nullable RequestId by) {
        Pending survivor = by == null ? null : open.get(by);
        if (survivor != null) {
            survivor.absorbed().putAll(pending.absorbed());
            survivor.absorbed().put(pending.ask().requestId(), pending.ask().question());
        }
    }

    private static EndedTurn endedTurn(Pending pending, TurnEvent end) {
        Instant started = pending.startedAt() == null ? end.at() : pending.startedAt();
        RequestStatus status = RequestStatus.of(end.body().type());
        TurnEvent.Body body = end.body();
        return new EndedTurn(
                pending.ask(),
                pending.place().offset(),
                pending.place().loggedAt(),
                end.attempt(),
                started,
                end.at(),
                body instanceof TurnEvent.Completed completed ? completed.answer() : null,
                body instanceof TurnEvent.Failed failed ? failed.error() : null,
                status,
                causeOf(body));
    }

    private static @Nullable EndCause causeOf(TurnEvent.Body body) {
        return switch (body) {
            case TurnEvent.Cancelled cancelled -> cancelled.cause();
            case TurnEvent.Superseded superseded -> superseded.cause();
            case TurnEvent.Rejected rejected -> rejected.cause();
            case TurnEvent.Completed _, TurnEvent.Failed _ -> null;
            case TurnEvent.Queued _,
                    TurnEvent.Started _,
                    TurnEvent.Stage _,
                    TurnEvent.Delta _,
                    TurnEvent.ArtifactMade _,
                    TurnEvent.Retrying _ -> throw new IllegalArgumentException("no end of a turn");
        };
    }

    private void keep(EndedTurn turn, int size) {
        first = first == null ? turn.ask() : first;
        if (turn.completed()) {
            answered++;
            processing = processing.plus(turn.processing());
        }
        if (turn.cause() != null && !turn.remembered()) {
            putBehind(new Kept(turn, size)); // it takes no place in history
            return;
        }
        turns.addLast(new Kept(turn, size));
        List<Kept> alike = turns.stream()
                .filter(kept -> kept.turn().remembered() == turn.remembered())
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
            bytes -= others.removeFirst().bytes();
        }
    }

    /** The session was deleted, or is to be. */
    public void deleted(Place place) {
        Deletion next = new Deletion(place.offset(), place.loggedAt());
        if (done.test(place.offset())) {
            applyBefore(place.offset());
            delete(next);
        } else {
            undoneDeletions.addLast(next);
        }
        active(place.loggedAt());
    }

    /**
     * The session was changed by a command that asks nothing, or is to be; a twin says nothing new.
     *
     * @param size of its record in bytes
     */
    public void edited(Change command, Place place, int size) {
        if (noteOnce(edited, command.requestId())) {
            Edit edit = new Edit(command, place.offset(), place.loggedAt());
            if (done.test(place.offset())) {
                applyBefore(place.offset());
                apply(edit, size);
            } else {
                undoneEdits.addLast(edit);
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
        while (true) {
            long deletionAt = undoneDeletions.isEmpty()
                    ? Long.MAX_VALUE
                    : undoneDeletions.getFirst().offset();
            long editAt = undoneEdits.isEmpty()
                    ? Long.MAX_VALUE
                    : undoneEdits.getFirst().offset();
            if (Math.min(deletionAt, editAt) >= offset) {
                return;
            }
            if (deletionAt < editAt) {
                delete(undoneDeletions.removeFirst());
            } else {
                apply(undoneEdits.removeFirst(), 0);
            }
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
        return given.forkOf() == null || (turns.isEmpty() && !edits.isGiven() && !deletedSince);
    }

    private void begin(ImportSession given, Edit edit, int size) {
        while (!turns.isEmpty()) {
            putBehind(turns.removeFirst());
        }
        if (done.test(edit.offset())) { // so were all that were asked before it, whose ends may be read behind it
            Iterator<Pending> pendings = open.values().iterator();
            while (pendings.hasNext()) {
                Pending pending = pendings.next();
                if (pending.place().offset() < edit.offset()) {
                    bytes -= pending.bytes();
                    pendings.remove();
                }
            }
        }
        forgetLife();
        edits = LifeEdits.of(given, edit.offset(), edit.loggedAt());
        givenBytes = size;
        bytes += size;
        lastEnd = edit.loggedAt();
    }

    private void delete(Deletion next) {
        deletion = next;
        Stream.concat(others.stream(), turns.stream())
                .forEach(kept -> erase(kept.turn().requestId()));
        Iterator<Pending> pendings = open.values().iterator();
        while (pendings.hasNext()) {
            Pending pending = pendings.next();
            if (pending.place().offset() < next.offset()) {
                erase(pending.ask().requestId());
                pendings.remove();
            }
        }
        forgetLife();
        others.clear();
        bytes = open.values().stream().mapToLong(Pending::bytes).sum() + (long) erased.size() * BYTES_OF_ERASED;
    }

    private void erase(RequestId request) {
        var _ = noteOnce(erased, request);
    }

    /** The session had expired when this was asked: what was before isn't remembered. */
    private void expireBefore(Pending pending) {
        Instant silent = later(lastEnd, pending.silentSince());
        if (begun() && pending.place().loggedAt().isAfter(silent.plus(ttl()))) {
            while (!turns.isEmpty()) {
                putBehind(turns.removeFirst());
            }
            forgetLife();
        }
    }

    private void forgetLife() {
        turns.clear();
        edits = LifeEdits.NONE;
        bytes -= givenBytes;
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
        Iterator<Pending> pendings = open.values().iterator();
        while (pendings.hasNext()) {
            Pending pending = pendings.next();
            long at = pending.place().offset();
            if (at < offset && done.test(at)) {
                expireBefore(pending);
                untold++;
                bytes -= pending.bytes();
                pendings.remove();
            }
        }
    }

    /**
     * Whether its time is up, and no end may follow that makes it live on: a question may wait for longer than that.
     */
    public boolean over(Instant now) {
        return open.isEmpty() && expired(now);
    }

    /** Whether all it has are questions that surely ended, before what is read or after. */
    public boolean onlyHopes() {
        return turns.isEmpty() && others.isEmpty() && deletion == null && !edits.isGiven() && !busy();
    }

    /** Whether nothing happens in it any more and its time is up. */
    private boolean expired(Instant now) {
        return !busy() && !now.isBefore(lastActivity.plus(ttl()));
    }

    /** Those that are delivered again; the others are over in a way of which the log tells no more. */
    private Stream<Pending> waiting() {
        return open.values().stream()
                .filter(pending -> !done.test(pending.place().offset()));
    }

    private boolean busy() {
        return waiting().findAny().isPresent();
    }

    private boolean begun() {
        return first != null || edits.isGiven();
    }

    /** As memory has it: fixed by the first question of a life, whatever later ones say, unless a command said else. */
    private Duration ttl() {
        if (edits.ttl() != null) {
            return edits.ttl();
        }
        if (first != null) {
            return first.sessionTtl();
        }
        return open.values().stream()
                .findFirst()
                .map(pending -> pending.ask().sessionTtl())
                .orElse(Duration.ZERO);
    }

    /** Whether there is anything of it that memory must not miss. */
    public boolean matters(Instant now) {
        boolean lives = (!turns.isEmpty() || edits.isGiven()) && !expired(now);
        return deletion != null || !others.isEmpty() || lives || undone() || busy() || !doneEdits.isEmpty();
    }

    private boolean undone() {
        return turns.stream().anyMatch(kept -> !done.test(kept.turn().offset()));
    }

    /** What memory held when the next question was logged then, if no record told so far is delivered again. */
    public Told before(Instant loggedAt) {
        return silentUntil(loggedAt)
                ? new Told(List.of(), 0, List.of())
                : new Told(turnsOf(turns), untold + open.size(), edits.turns());
    }

    private boolean silentUntil(Instant next) {
        return begun() && next.isAfter(lastActivity.plus(ttl()));
    }

    /** All of it, as of now. */
    public RecalledSession recalled(Instant now) {
        Ask born = first == null ? waiting().findFirst().map(Pending::ask).orElse(null) : first;
        boolean lives = (born != null || edits.isGiven()) && !expired(now);
        Deque<Kept> behind = new ArrayDeque<>(others);
        if (!lives) {
            turns.stream().filter(kept -> !done.test(kept.turn().offset())).forEach(behind::addLast);
        }
        return new RecalledSession(
                session,
                lives ? life(born, now) : null,
                lives ? turnsOf(turns) : List.of(),
                turnsOf(behind),
                waiting().map(SessionPast::openTurn).toList(),
                deletion,
                lives ? edits.given() : null,
                List.copyOf(doneEdits));
    }

    private Life life(@Nullable Ask born, Instant now) {
        SessionState state = edits.state();
        String agent = born == null ? "" : born.agent();
        return new Life(
                state == null ? Objects.requireNonNull(born).userId() : edits.userId(),
                edits.agent() == null ? agent : edits.agent(),
                state == null ? Objects.requireNonNull(born).createdAt() : state.createdAt(),
                busy() ? now : lastActivity,
                ttl(),
                answered + edits.requestCount(),
                processing.plus(edits.processing()),
                edits.metadata());
    }

    private static OpenTurn openTurn(Pending pending) {
        Place place = pending.place();
        return new OpenTurn(
                pending.ask(),
                place.offset(),
                place.loggedAt(),
                place.eventsFrom(),
                pending.attempt(),
                pending.absorbed());
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
