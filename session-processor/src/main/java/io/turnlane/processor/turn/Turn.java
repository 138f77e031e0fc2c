package io.turnlane.processor.turn;

import io.turnlane.model.Priority;
import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.events.EventPublisher.TurnOrigin;
import io.turnlane.processor.lane.LaneOutcome;
import io.turnlane.store.memory.FlightRef;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record in a lane: its key, its headers, and the claim, which is the right of this processor to work on the record.
 * The record of a turn is a session command. This object does not contain the record's value, because the value can be
 * dropped from the heap while the turn waits. {@link Claim#value} returns it. Webhooks use this class for the records
 * of turn events, too.
 *
 * @param envelope optional headers
 * @param claim this processor's claim on the record
 */
public record Turn(
        SessionKey session,
        RequestId requestId,
        Envelope envelope,
        int partition,
        long offset,
        Instant loggedAt,
        Claim claim) {

    /**
     * Optional headers of the record.
     *
     * @param eventsFrom offset in the events partition at which streams of this turn start
     * @param policy policy that applies if the session is busy
     * @param priority priority that applies if more sessions are ready than can run at once
     * @param deadline time until which an answer is wanted, in the time of {@link io.turnlane.model.redis.SharedClock};
     *     null if there is no deadline
     * @param agent name of the agent that answers
     * @param callback URL to which the terminal event is posted
     * @param traceparent W3C trace context of the client that asked
     */
    public record Envelope(
            @Nullable String type,
            @Nullable String schemaVersion,
            @Nullable Long eventsFrom,
            TurnPolicy policy,
            Priority priority,
            @Nullable Instant deadline,
            @Nullable String agent,
            @Nullable String callback,
            @Nullable String traceparent) {

        /** Creates an envelope with the default policy and priority. It has no deadline, agent, callback or trace. */
        public Envelope(@Nullable String type, @Nullable String schemaVersion, @Nullable Long eventsFrom) {
            this(type, schemaVersion, eventsFrom, TurnPolicy.ENQUEUE, Priority.NORMAL, null, null, null, null);
        }
    }

    /** Returns the log position of the record. */
    public TurnOrigin origin() {
        return new TurnOrigin(partition, offset, envelope.traceparent());
    }

    /**
     * Identity of a turn within its lane. A second record with the same request id under the same assignment of the
     * partition is a duplicate. A record under a later assignment is not a duplicate. The claim under the earlier
     * assignment has ended, so only the later record can complete the offset.
     */
    public record Identity(RequestId requestId, Object assignmentKey) {}

    /** Returns the turn's identity within its lane. */
    public Identity identity() {
        return new Identity(requestId, claim.assignmentKey());
    }

    /**
     * Returns the time until the turn's deadline. Returns zero if the deadline has passed, and null if the turn has no
     * deadline. If {@code now} is before the record's timestamp, counts from the timestamp, because a clock that is
     * behind must not extend the deadline.
     */
    public @Nullable Duration timeUntilDeadline(Instant now) {
        Instant deadline = envelope.deadline();
        if (deadline == null) {
            return null;
        }
        Duration left = Duration.between(now.isBefore(loggedAt) ? loggedAt : now, deadline);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Returns the turn's priority as a number: 0 (high), 1 (normal) or 2 (low). */
    public int priorityRank() {
        return switch (envelope.priority()) {
            case HIGH -> 0;
            case NORMAL -> 1;
            case LOW -> 2;
        };
    }

    /** Returns a reference to a flight of this turn, with the current fence. */
    FlightRef flightRef(String flight) {
        return new FlightRef(session, requestId, flight, claim.fence(), partition, offset, loggedAt);
    }

    /**
     * Reads the turn's command. Blocks like {@link Claim#value}.
     *
     * @throws UnreadableRecordException if the value cannot be read, or if the record's key or headers contradict the
     *     value
     * @throws RecordGoneException if the log no longer holds the record
     * @throws LogUnavailableException if Kafka does not answer; repeating the call is harmless
     */
    SessionCommand readCommand(WireFormat wire) throws UnreadableRecordException, RecordGoneException {
        if (!WireFormat.isReadable(envelope.schemaVersion())) {
            throw new UnreadableRecordException("unknown schema version");
        }
        byte[] value = claim.value();
        if (value == null) {
            throw new UnreadableRecordException("the record has no value");
        }
        SessionCommand command = wire.readCommand(envelope.type(), value);
        if (!command.key().equals(session) || !command.requestId().equals(requestId)) {
            throw new UnreadableRecordException("the record's key or request-id header contradicts its value");
        }
        return command;
    }

    /** Completes the turn's offset. Called after the turn's result has been stored and published (promise O9). */
    LaneOutcome complete() {
        claim.complete();
        return LaneOutcome.DONE;
    }

    /** Leaves the turn to another execution, which the next delivery of its record starts. */
    LaneOutcome release() {
        claim.release();
        return LaneOutcome.DONE;
    }

    /**
     * Returns the outcome, or releases the turn if the outcome asks for another run but the turn's partition has left.
     * The new owner of the partition then runs the turn.
     */
    LaneOutcome unlessLeft(LaneOutcome outcome) {
        return outcome instanceof LaneOutcome.RunAgain && !claim.held() ? release() : outcome;
    }

    /**
     * The right of this processor to work on one record. A claim ends when it is completed or released. Thread-safe.
     */
    public interface Claim {

        /**
         * Returns the current fence of the partition's assignment. Every write to memory contains the fence. Memory
         * rejects the write if it has already stored a newer fence for the session.
         */
        long fence();

        /** Returns true if this processor still holds the partition, as far as it knows. */
        boolean held();

        /**
         * Returns an object that identifies the partition's assignment. All claims of an assignment return the same
         * object.
         */
        Object assignmentKey();

        /**
         * Requests a newer fence. Called if memory rejected a write because of a newer fence, although this processor
         * holds the partition.
         */
        void renewFence();

        /**
         * Returns the record's value. If the record is unloaded, reads it from the log again. This blocks until one of
         * the consumers for such reads is free, and then for up to 2 s.
         *
         * @return the value as JSON; null if the record has none
         * @throws RecordGoneException if the log no longer holds the record
         * @throws LogUnavailableException if Kafka does not answer; repeating the call is harmless
         */
        byte @Nullable [] value() throws RecordGoneException;

        /**
         * Unloads the record: drops it from the heap and keeps its log position. Called for records that are not needed
         * soon, because many turns are ahead of them in their lane.
         */
        void unload();

        /**
         * Counts an unexpected exception during the processing of the record.
         *
         * @return number of exceptions under this claim, including this one
         */
        int countFailure();

        /** Runs the callback when the claim ends, or at once if it has ended. */
        void onEnd(Runnable callback);

        /**
         * Ends the claim, because the record's result is stored and published. The record's offset may then be
         * committed.
         */
        void complete();

        /**
         * Ends the claim without a result. The record's offset stays open, so the record will be delivered again, to
         * this processor or to another owner of the partition.
         */
        void release();

        /**
         * Returns a copy of the record for quarantine. If the log no longer holds the record, the copy has no value.
         *
         * @throws LogUnavailableException if Kafka does not answer; repeating the call is harmless
         */
        QuarantinedTurn toQuarantinedTurn(TurnError error, int attempts);
    }

    /** Thrown if the log no longer holds the record because the topic's retention time has passed. */
    public static final class RecordGoneException extends Exception {
        public RecordGoneException() {
            super("the log no longer holds this record");
        }
    }

    /** Thrown if Kafka does not answer in time. */
    public static final class LogUnavailableException extends RuntimeException {
        public LogUnavailableException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
