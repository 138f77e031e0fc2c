package io.turnlane.processor.turn;

import io.turnlane.model.Priority;
import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnPolicy;
import io.turnlane.processor.events.EventPublisher.TurnOrigin;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record as its lane holds it: its key and headers, and the claim under which this processor may work on it. The
 * value is read later, by {@link Claim#value}. On the turns topic the record is a session command.
 *
 * @param session session of the command
 * @param requestId request of the command
 * @param envelope optional headers
 * @param partition partition of the record
 * @param offset offset of the record
 * @param loggedAt timestamp of the record
 * @param claim claim on the record
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
     * @param type type of the command or event
     * @param schemaVersion version of the value's schema
     * @param eventsFrom offset in the events partition at which streams of this turn start
     * @param policy policy that applies if the session is busy
     * @param priority priority if slots are scarce
     * @param deadline time until which an answer is wanted, by the gateway's clock; null if there is no deadline
     * @param agent name of the agent that answers
     * @param callback URL to which the terminal event is posted
     */
    public record Envelope(
            @Nullable String type,
            @Nullable String schemaVersion,
            @Nullable Long eventsFrom,
            TurnPolicy policy,
            Priority priority,
            @Nullable Instant deadline,
            @Nullable String agent,
            @Nullable String callback) {

        /** Creates an envelope with the default policy and priority, and without deadline, agent and callback. */
        public Envelope(@Nullable String type, @Nullable String schemaVersion, @Nullable Long eventsFrom) {
            this(type, schemaVersion, eventsFrom, TurnPolicy.ENQUEUE, Priority.NORMAL, null, null, null);
        }
    }

    /** Returns the log position of the record. */
    public TurnOrigin origin() {
        return new TurnOrigin(partition, offset);
    }

    /**
     * Identity of a turn within its lane. Two records with the same request id are duplicates if they were delivered
     * under the same assignment.
     */
    public record Identity(RequestId requestId, Object assignmentKey) {}

    /** Returns the turn's identity within its lane. */
    public Identity identity() {
        return new Identity(requestId, claim.assignmentKey());
    }

    /** Returns the turn's priority as a number: 0 (high), 1 (normal) or 2 (low). */
    public int priorityRank() {
        return switch (envelope.priority()) {
            case HIGH -> 0;
            case NORMAL -> 1;
            case LOW -> 2;
        };
    }

    /**
     * The right of this processor to work on one record. A claim ends when it is completed or released. Thread-safe.
     */
    public interface Claim {

        /** Returns the current fence token of the partition's assignment. */
        long fence();

        /** Returns true if this processor still holds the partition, as far as it knows. */
        boolean held();

        /**
         * Returns an object that identifies the partition's assignment. It is the same for all records of an
         * assignment.
         */
        Object assignmentKey();

        /**
         * Requests a newer fence token. For use if memory rejected a write although this processor holds the partition.
         */
        void renewFence();

        /**
         * Returns the record's value. If the record is unloaded, reads it from the log again, which blocks for up to 2
         * s and for the time until a consumer is free.
         *
         * @return the value as JSON; null if the record has none
         * @throws RecordGoneException if the log no longer holds the record
         * @throws LogUnavailableException if Kafka does not answer; repeating the call is harmless
         */
        byte @Nullable [] value() throws RecordGoneException;

        /**
         * Drops the record from memory and keeps its log position. For records deep in a lane, which are not needed
         * soon.
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

        /** Ends the claim because the result of the record is stored. Its offset may be committed. */
        void complete();

        /**
         * Ends the claim because another owner handles the record or it will be delivered again. Its offset stays open.
         */
        void release();

        /**
         * Returns a copy of the record for quarantine. The copy has no value if the log no longer holds the record.
         *
         * @param error error with which the turn failed
         * @param attempts number of attempts
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
