package io.turnlane.processor.turn;

import io.turnlane.model.EndCause;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Phase;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnEvent;
import io.turnlane.model.Usage;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.processor.quarantine.QuarantinePublisher;
import io.turnlane.processor.turn.TurnStreams.TurnStream;
import io.turnlane.store.memory.BeginResult;
import io.turnlane.store.memory.MemoryResult;
import io.turnlane.store.memory.SessionMemory;
import io.turnlane.store.memory.TurnEnding;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Creates the objects that end flights and turns. Thread-safe. */
final class TurnEnds {

    /**
     * Delay after which a turn runs again if it requested a newer fence. The poll thread acquires the fence between two
     * polls.
     */
    private static final Duration FENCE_DELAY = Duration.ofMillis(200);

    /** Maximum delay between two checks for the end of the previous owner's flight. */
    private static final Duration HANDOVER_CHECK_DELAY = Duration.ofMillis(150);

    private static final Duration REBUILD_CHECK_DELAY = Duration.ofMillis(200);

    /**
     * Delay between two tries to begin a turn that waits for a processor with its agent. If the partition leaves, the
     * delay ends at once.
     */
    private static final Duration AGENT_CHECK_DELAY = Duration.ofSeconds(2);

    private final TurnStreams streams;
    private final SessionMemory memory;
    private final QuarantinePublisher quarantine;
    private final TurnObserver observer;

    TurnEnds(TurnStreams streams, SessionMemory memory, QuarantinePublisher quarantine, TurnObserver observer) {
        this.streams = streams;
        this.memory = memory;
        this.quarantine = quarantine;
        this.observer = observer;
    }

    /**
     * Creates the end of a flight.
     *
     * @param flight id of the flight; empty if the turn ends while it waits
     * @param retrier retrier for the steps of this flight
     * @param agent name of the agent; empty if the flight calls no agent
     * @param phases phases of the turn's lifecycle, to which the flight adds
     */
    TurnEnd of(Turn turn, String flight, StepRetrier retrier, String agent, Map<Phase, Instant> phases) {
        return of(turn, flight, retrier, agent, phases, new AttemptUsage());
    }

    /**
     * Creates the end of a flight that calls an agent.
     *
     * @param usage usage of the flight's attempt
     */
    TurnEnd of(
            Turn turn,
            String flight,
            StepRetrier retrier,
            String agent,
            Map<Phase, Instant> phases,
            AttemptUsage usage) {
        return new TurnEnd(turn, flight, retrier, agent, phases, usage);
    }

    /** Returns the outcome of a turn that runs again when missing data is possibly rebuilt. */
    static LaneOutcome awaitRebuild() {
        return new LaneOutcome.RunAgain(REBUILD_CHECK_DELAY);
    }

    /**
     * Makes the turn run again when the handover ends, but after {@link #HANDOVER_CHECK_DELAY} at the latest. Until
     * then, the previous owner's flight can still end the turn.
     */
    static LaneOutcome awaitPreviousFlight(MemoryResult.HandoverPending leaving) {
        Duration left = leaving.left();
        return new LaneOutcome.RunAgain(left.compareTo(HANDOVER_CHECK_DELAY) < 0 ? left : HANDOVER_CHECK_DELAY);
    }

    /**
     * End of one flight. Publishes the end of a turn whose result is stored in memory. If the turn failed, publishes a
     * copy of its record to quarantine first, then the terminal event. The methods that publish return when Kafka has
     * acknowledged all records. Only then does a caller complete the turn's offset (promise O9 in docs/guarantees.md).
     * For use by one thread.
     */
    final class TurnEnd {

        private final Turn turn;
        private final String flight;
        private final StepRetrier retrier;
        private final String agent;
        private final Map<Phase, Instant> phases;
        private final AttemptUsage usage;

        private TurnEnd(
                Turn turn,
                String flight,
                StepRetrier retrier,
                String agent,
                Map<Phase, Instant> phases,
                AttemptUsage usage) {
            this.turn = turn;
            this.flight = flight;
            this.retrier = retrier;
            this.agent = agent;
            this.phases = phases;
            this.usage = usage;
        }

        /**
         * Publishes the failure of an attempt that is stored, reports it and completes the turn's offset.
         *
         * @param total usage of all attempts
         */
        LaneOutcome completeFailed(TurnStream stream, TurnError error, Usage total) {
            publishFailed(stream, new TurnEvent.Failed(error, total), false);
            return complete(RequestStatus.FAILED.wire(), error.code(), stream.attempt());
        }

        /**
         * Publishes a failed turn. The copy in quarantine comes first, so that it exists when clients learn of the
         * failure.
         *
         * @param quarantined true if quarantine is known to have a copy. If Redis has lost this information, quarantine
         *     receives a second copy with the same request id
         */
        private void publishFailed(TurnStream stream, TurnEvent.Failed failed, boolean quarantined) {
            if (!quarantined) {
                quarantine(failed.error(), stream.attempt());
                retrier.run(turn.claim(), () -> memory.markQuarantined(turn.flightRef(flight)));
            }
            publish(stream, failed);
        }

        /** Publishes a failure of the turn that could not be stored in memory. */
        void publishUnstored(TurnError error, int attempts) {
            quarantine(error, attempts);
            publish(streams.ofEnd(turn, attempts), new TurnEvent.Failed(error));
        }

        private void quarantine(TurnError error, int attempts) {
            retrier.publish(turn.claim(), () -> quarantine.publish(turn.claim().toQuarantinedTurn(error, attempts)));
        }

        /**
         * Publishes the terminal event of a turn from its stored result, without calling the agent again (promise O4).
         *
         * @param own stream of this flight's attempt; null if the flight has none. If the event ends this attempt, it
         *     gets the next number of the stream
         */
        void republish(TurnEnding ending, @Nullable TurnStream own) {
            TurnStream stream =
                    own != null && own.attempt() == ending.attempt() ? own : streams.ofEnd(turn, ending.attempt());
            switch (ending.status()) {
                case COMPLETED ->
                    publish(
                            stream,
                            new TurnEvent.Completed(
                                    Objects.requireNonNull(ending.answer()), null, ending.states(), List.of()));
                case FAILED ->
                    publishFailed(stream, new TurnEvent.Failed(errorOf(ending), ending.usage()), ending.quarantined());
                case CANCELLED -> publish(stream, new TurnEvent.Cancelled(causeOf(ending), ending.usage()));
                case SUPERSEDED -> publish(stream, new TurnEvent.Superseded(causeOf(ending)));
                case REJECTED -> publish(stream, new TurnEvent.Rejected(causeOf(ending)));
                case QUEUED, RUNNING, RETRYING ->
                    throw new IllegalStateException("not a terminal status: " + ending.status());
            }
        }

        private void publish(TurnStream stream, TurnEvent.Body last) {
            retrier.publish(turn.claim(), () -> stream.publishLast(last));
        }

        /** Reports the outcome and completes the turn's offset. The result must be stored and published. */
        LaneOutcome complete(String outcome, String code, int attempt) {
            report(outcome, code, attempt);
            return turn.complete();
        }

        /** {@linkplain #republish Publishes} the stored end, reports the outcome and completes the turn's offset. */
        LaneOutcome completeAs(String outcome, TurnEnding ending, @Nullable TurnStream own) {
            republish(ending, own);
            @Nullable TurnError error = ending.error();
            return complete(outcome, error == null ? "" : error.code(), ending.attempt());
        }

        /**
         * Handles a turn that its flight need not or must not continue. If the turn has ended, publishes the stored
         * end. Logs and metrics count it as a new end if this flight cancelled the turn, or if the turn failed and has
         * no copy in quarantine yet. Otherwise an earlier flight has already counted it.
         *
         * @param own stream of this flight's attempt; null if the flight has none
         * @param attempt number of this flight's attempt; 0 if it has begun none
         * @param settled true if this flight has tried to store an outcome
         */
        LaneOutcome nothingToRun(
                MemoryResult.NothingToRun over, @Nullable TurnStream own, int attempt, boolean settled) {
            return switch (over) {
                case MemoryResult.AlreadyEnded(TurnEnding ending) -> {
                    boolean isNew = switch (ending.status()) {
                        case CANCELLED -> settled;
                        case FAILED -> !ending.quarantined();
                        default -> false;
                    };
                    yield completeAs(isNew ? ending.status().wire() : "republished", ending, own);
                }
                case MemoryResult.NotOwned notOwned -> notOwned(notOwned, attempt);
            };
        }

        /**
         * Handles a turn that the caller must neither run nor end: its session was deleted, or memory rejected a write
         * because of a newer fence. No event is published for the turn of a deleted session.
         *
         * @param attempt number of the attempt whose write was rejected; 0 if none had begun
         */
        LaneOutcome notOwned(MemoryResult.NotOwned result, int attempt) {
            return switch (result) {
                case MemoryResult.Erased _ -> complete("erased", "", 0);
                case MemoryResult.Fenced _ -> fenced(attempt);
            };
        }

        /**
         * Handles a write that memory rejected because of a newer fence, although this processor holds the partition.
         * Requests a newer fence and makes the turn run again after a delay.
         */
        LaneOutcome fenced(int attempt) {
            report("fenced", "", attempt);
            turn.claim().renewFence();
            return new LaneOutcome.RunAgain(FENCE_DELAY);
        }

        /**
         * Keeps the turn at the head of its lane and begins it again after a delay. This is repeated until the
         * partition has moved to a processor with the agent. The turn fails if the maximum time {@code agent-wait}
         * passes first, or if no processor offers the agent any more.
         */
        LaneOutcome awaitAgent(BeginResult.AgentElsewhere elsewhere) {
            if (elsewhere.newlyWaiting()) {
                report("waiting", ErrorCode.UNKNOWN_AGENT.wire(), elsewhere.attempt());
                if (elsewhere.attempt() == 0) {
                    streams.publishWait(turn, new TurnEvent.Queued(0, null, TurnEvent.Queued.WAITING_FOR_AGENT));
                }
            }
            return new LaneOutcome.RunAgain(AGENT_CHECK_DELAY);
        }

        /** Reports an outcome of the flight. */
        void report(String outcome, String code, int attempt) {
            observer.flightEnded(new TurnReport(
                    turn.session(), turn.requestId(), agent, outcome, code, attempt, phases, usage.byProvider()));
        }
    }

    private static EndCause causeOf(TurnEnding ending) {
        @Nullable EndCause cause = ending.cause();
        return cause == null ? new EndCause(ending.status().wire(), null) : cause;
    }

    private static TurnError errorOf(TurnEnding ending) {
        @Nullable TurnError error = ending.error();
        return error == null
                ? TurnError.of(
                        ErrorCode.UNREADABLE_RECORD,
                        "The stored result of this turn can no longer be read. Ask the question again.")
                : error;
    }
}
