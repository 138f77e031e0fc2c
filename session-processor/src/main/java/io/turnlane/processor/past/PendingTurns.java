package io.turnlane.processor.past;

import io.turnlane.model.EndCause;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionCommand.CancelTurn;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.Usage;
import io.turnlane.store.memory.EndedTurn;
import io.turnlane.store.memory.OpenTurn;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A session's questions for which a pass over the log has not read a terminal event yet, in the order in which they
 * were asked. For use by one thread.
 */
final class PendingTurns {

    /** Maximum number of cancels that are kept. A session has fewer open turns than this. */
    private static final int MAX_CANCELS = 1000;

    private static final int BYTES_PER_CANCEL = 300;

    private final LongPredicate done;
    private final Map<RequestId, PendingTurn> turns = new LinkedHashMap<>();
    private final Map<RequestId, CancelTurn> cancels = new LinkedHashMap<>();
    private long bytes;

    /** @param done true for offsets of the turns topic whose records won't be delivered again */
    PendingTurns(LongPredicate done) {
        this.done = done;
    }

    /**
     * A question, and the data about it that the pass has read so far.
     *
     * @param activeBefore time of the session's last activity before the question was asked
     * @param attempt last attempt that began; 0 if no attempt began
     * @param mergedQuestions questions that were merged into this one, by request id
     */
    record PendingTurn(
            Ask ask,
            CommandPosition position,
            Instant activeBefore,
            int bytes,
            int attempt,
            @Nullable Instant startedAt,
            Map<RequestId, String> mergedQuestions) {

        private PendingTurn withMerged(PendingTurn ended) {
            Map<RequestId, String> all = new LinkedHashMap<>(mergedQuestions);
            all.putAll(ended.mergedQuestions);
            all.put(ended.ask.requestId(), ended.ask.question());
            return new PendingTurn(ask, position, activeBefore, bytes + ended.bytes, attempt, startedAt, all);
        }

        private PendingTurn started(int newest, Instant at) {
            return new PendingTurn(ask, position, activeBefore, bytes, Math.max(newest, attempt), at, mergedQuestions);
        }

        private OpenTurn toOpenTurn(@Nullable CancelTurn cancel) {
            return new OpenTurn(
                    ask,
                    position.offset(),
                    position.loggedAt(),
                    position.eventsFrom(),
                    attempt,
                    mergedQuestions,
                    cancel);
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
                    causeOf(body),
                    usageOf(body),
                    body instanceof TurnEvent.Completed completed ? completed.toolSteps() : List.of());
        }
    }

    private static Usage usageOf(TurnEvent.Body body) {
        return switch (body) {
            case TurnEvent.Completed completed -> completed.answer().usage();
            case TurnEvent.Failed failed -> failed.usage();
            case TurnEvent.Cancelled cancelled -> cancelled.usage();
            default -> Usage.NONE;
        };
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
                    TurnEvent.ToolCalled _,
                    TurnEvent.Retrying _ -> throw new IllegalArgumentException("not a terminal event");
        };
    }

    /** Returns the total size of the pending questions and of the cancels, in bytes. */
    long bytes() {
        return bytes + (long) cancels.size() * BYTES_PER_CANCEL;
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

    /** Returns the pending question with this request id; null if there is none. */
    @Nullable
    PendingTurn get(RequestId request) {
        return turns.get(request);
    }

    /** Returns the oldest pending question. */
    Optional<Ask> first() {
        return turns.values().stream().findFirst().map(PendingTurn::ask);
    }

    void asked(Ask ask, CommandPosition position, Instant activeBefore, int size) {
        turns.put(ask.requestId(), new PendingTurn(ask, position, activeBefore, size, 0, null, Map.of()));
        bytes += size;
    }

    /** Adds the cancel of a question that is pending or that will be added later. */
    void cancelled(CancelTurn cancel) {
        if (cancels.size() < MAX_CANCELS) {
            cancels.putIfAbsent(cancel.cancels(), cancel);
        }
    }

    /**
     * Stores that an attempt of a question began. Returns the question with this attempt, or null if the question is
     * not pending.
     */
    @Nullable
    PendingTurn started(RequestId request, int attempt, Instant at) {
        return turns.computeIfPresent(request, (_, pending) -> pending.started(attempt, at));
    }

    /** Removes and returns the question, because it has ended. Returns null if the question is not pending. */
    @Nullable
    PendingTurn ended(RequestId request) {
        cancels.remove(request);
        PendingTurn pending = turns.remove(request);
        bytes -= pending == null ? 0 : pending.bytes();
        return pending;
    }

    /**
     * Merges the question of a superseded turn into the pending turn that superseded it. Also moves the questions that
     * were merged into the superseded turn.
     */
    void mergeInto(PendingTurn ended, @Nullable RequestId by) {
        if (by != null && turns.computeIfPresent(by, (_, survivor) -> survivor.withMerged(ended)) != null) {
            bytes += ended.bytes();
        }
    }

    /** Removes and returns the questions logged before this offset. */
    List<PendingTurn> removeBefore(long offset) {
        return remove(pending -> pending.position().offset() < offset);
    }

    /** Removes and returns the questions logged before this offset whose records won't be delivered again. */
    List<PendingTurn> removeDoneBefore(long offset) {
        return remove(pending -> pending.position().offset() < offset
                && done.test(pending.position().offset()));
    }

    private List<PendingTurn> remove(Predicate<PendingTurn> condition) {
        List<PendingTurn> removed = turns.values().stream().filter(condition).toList();
        removed.forEach(pending -> ended(pending.ask().requestId()));
        return removed;
    }

    /**
     * Returns the pending questions that have not ended, so that their records will be delivered again. The other
     * pending questions have ended, but the log no longer contains their terminal events.
     */
    Stream<PendingTurn> redeliverable() {
        return turns.values().stream()
                .filter(pending -> !done.test(pending.position().offset()));
    }

    /** Returns the same questions as {@link #redeliverable}, with their cancels. */
    List<OpenTurn> openTurns() {
        return redeliverable()
                .map(pending -> pending.toOpenTurn(cancels.get(pending.ask().requestId())))
                .toList();
    }

    boolean anyRedeliverable() {
        return redeliverable().findAny().isPresent();
    }
}
