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
 * A session command as its lane holds it: still unread, with the claim under which it may be worked on.
 *
 * @param partition of the turns topic
 * @param loggedAt the record's timestamp
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
     * What the record's headers say of its value.
     *
     * @param type of the command
     * @param eventsFrom where streams of this turn start to read its events partition
     * @param policy what becomes of it where its session is busy
     * @param priority whose turn it is first where places are few
     * @param deadline until when an answer is wanted, by its gateway's clock; null for as long as it takes
     * @param agent who shall answer
     * @param callback where its end is to be posted to
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

        /** Of a turn like most others, that nobody is called back for. */
        public Envelope(@Nullable String type, @Nullable String schemaVersion, @Nullable Long eventsFrom) {
            this(type, schemaVersion, eventsFrom, TurnPolicy.ENQUEUE, Priority.NORMAL, null, null, null);
        }
    }

    /** Its place on the turns topic. */
    public TurnOrigin origin() {
        return new TurnOrigin(partition, offset);
    }

    /** Two records of one turn, delivered under one assignment, are twins: one of them is enough. */
    public record Identity(RequestId requestId, Object assignmentKey) {}

    public Identity identity() {
        return new Identity(requestId, claim.assignmentKey());
    }

    /** From 0, the most urgent, to 2; for where more lanes are ready than may run. */
    public int priorityRank() {
        return switch (envelope.priority()) {
            case HIGH -> 0;
            case NORMAL -> 1;
            case LOW -> 2;
        };
    }

    /** What entitles a processor to work on a turn. Safe for threads. */
    public interface Claim {

        /** The current token of the partition's assignment. */
        long fence();

        /** Whether the partition is still ours, as far as we know. */
        boolean held();

        /** Stands for the partition's assignment: the same object for all turns that were delivered under it. */
        Object assignmentKey();

        /** Asks for a newer token, where a write was refused though the partition is still ours. */
        void renewFence();

        /**
         * The command's JSON; where a deep lane let it go, it is read from the log again, which blocks for a moment.
         *
         * @return null where the record has none
         * @throws RecordGoneException where the log doesn't hold it any more
         * @throws LogUnavailableException where the log doesn't answer; asking again is harmless
         */
        byte @Nullable [] value() throws RecordGoneException;

        /** Keeps only the record's place: its lane is so deep that the value won't be needed soon. */
        void unload();

        /** Runs this when the claim ends, at once where it has ended. */
        void onEnd(Runnable what);

        /** What followed from the turn is safe: its offset may be committed. Ends the claim. */
        void complete();

        /** The turn is somebody else's now, or is to be delivered again: its offset stays open. Ends the claim. */
        void release();

        /**
         * The record as it came, for quarantine; without its value where the log doesn't hold it any more.
         *
         * @throws LogUnavailableException as {@link #value}
         */
        QuarantinedTurn toQuarantinedTurn(TurnError error, int attempts);
    }

    /** The log doesn't hold the record any more: it was kept for longer than its topic keeps records. */
    public static final class RecordGoneException extends Exception {
        public RecordGoneException() {
            super("the log holds this record no more");
        }
    }

    /** The log didn't answer, or not in time. */
    public static final class LogUnavailableException extends RuntimeException {
        public LogUnavailableException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
