package io.turnlane.processor.past;

import io.turnlane.model.EndCause;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.TurnEvent;
import io.turnlane.processor.memory.EndedTurn;
import io.turnlane.processor.memory.OpenTurn;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A session's questions whose ends weren't read yet, in the order in which they were asked. For one thread. */
final class PendingTurns {

    private final LongPredicate done;
    private final Map<RequestId, PendingTurn> turns = new LinkedHashMap<>();
    private long bytes;

    /** @param done whether the record at an offset of the turns topic won't be delivered again */
    PendingTurns(LongPredicate done) {
        this.done = done;
    }

    /**
     * One question and what came of it so far.
     *
     * @param activeBefore when the session last did anything before this was asked
     * @param attempt the newest that began; 0 before the first
     * @param mergedQuestions questions that were merged into it
     */
    record PendingTurn(
            Ask ask,
            CommandPosition position,
            Instant activeBefore,
            int bytes,
            int attempt,
            @Nullable Instant startedAt,
            Map<RequestId, String> mergedQuestions) {

        /** Its text is kept from now on for this one. */
        private PendingTurn absorbing(PendingTurn ended) {
            Map<RequestId, String> all = new LinkedHashMap<>(mergedQuestions);
            all.putAll(ended.mergedQuestions);
            all.put(ended.ask.requestId(), ended.ask.question());
            return new PendingTurn(ask, position, activeBefore, bytes + ended.bytes, attempt, startedAt, all);
        }

        private PendingTurn started(int newest, Instant at) {
            return new PendingTurn(ask, position, activeBefore, bytes, Math.max(newest, attempt), at, mergedQuestions);
        }

        /** As it waits, to be delivered again. */
        OpenTurn toOpenTurn() {
            return new OpenTurn(
                    ask, position.offset(), position.loggedAt(), position.eventsFrom(), attempt, mergedQuestions);
        }

        EndedTurn toEndedTurn(TurnEvent end) {
            TurnEvent.Body body = end.body();
            return new EndedTurn(
                    ask,
                    ask.withMerged(mergedQuestions.values()).question(),
                    position.offset(),
                    position.loggedAt(),
                    end.attempt(),
                    startedAt == null ? end.at() : startedAt,
                    end.at(),
                    body instanceof TurnEvent.Completed completed ? completed.answer() : null,
                    body instanceof TurnEvent.Failed failed ? failed.error() : null,
                    RequestStatus.of(body.type()),
                    causeOf(body));
        }
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

    /** What they hold, by the sizes that were told. */
    long bytes() {
        return bytes;
    }

    int size() {
        return turns.size();
    }

    boolean isEmpty() {
        return turns.isEmpty();
    }

    boolean contains(RequestId request) {
        return turns.containsKey(request);
    }

    /** The question that has been open for longest. */
    Optional<Ask> first() {
        return turns.values().stream().findFirst().map(PendingTurn::ask);
    }

    void asked(Ask ask, CommandPosition place, Instant silentSince, int size) {
        turns.put(ask.requestId(), new PendingTurn(ask, place, silentSince, size, 0, null, Map.of()));
        bytes += size;
    }

    /** An attempt of it began; null where it isn't here. */
    @Nullable
    PendingTurn started(RequestId request, int attempt, Instant at) {
        return turns.computeIfPresent(request, (_, pending) -> pending.started(attempt, at));
    }

    /** It isn't pending any more; null where it wasn't. */
    @Nullable
    PendingTurn ended(RequestId request) {
        PendingTurn pending = turns.remove(request);
        bytes -= pending == null ? 0 : pending.bytes();
        return pending;
    }

    /** The question of one that has ended, and those merged into it before, belong to the one that superseded it. */
    void mergeInto(PendingTurn ended, @Nullable RequestId by) {
        if (by != null && turns.computeIfPresent(by, (_, survivor) -> survivor.absorbing(ended)) != null) {
            bytes += ended.bytes();
        }
    }

    /** Those that were asked before this place. */
    List<PendingTurn> removeBefore(long offset) {
        return forget(pending -> pending.position().offset() < offset);
    }

    /** Those that were asked before this place and won't be delivered again. */
    List<PendingTurn> removeDoneBefore(long offset) {
        return forget(pending -> pending.position().offset() < offset
                && done.test(pending.position().offset()));
    }

    private List<PendingTurn> forget(Predicate<PendingTurn> which) {
        List<PendingTurn> gone = turns.values().stream().filter(which).toList();
        gone.forEach(pending -> ended(pending.ask().requestId()));
        return gone;
    }

    /** Those that are delivered again; the others are over in a way of which the log tells no more. */
    Stream<PendingTurn> redeliverable() {
        return turns.values().stream()
                .filter(pending -> !done.test(pending.position().offset()));
    }

    boolean anyRedeliverable() {
        return redeliverable().findAny().isPresent();
    }
}
