package io.turnlane.processor.intake;

import io.turnlane.log.LogPartitions;
import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import io.turnlane.store.memory.UnendedRequests.UnendedRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive offsets of a partition for which the consumer delivered no record. Either these offsets never had
 * records, or the records were deleted before they were delivered. The frontier (the offset to commit) stays at the
 * first of these offsets until {@link #complete} is called.
 *
 * <p>Threading: the poll thread creates the object, and one other thread calls it. Lane threads complete or release the
 * turns that {@link #turnOf} returned.
 */
public final class SkippedRecords {

    /** Maximum number of turns from {@link #turnOf} that have not ended. */
    private static final int MAX_OPEN = 500;

    private final Assignment assignment;
    private final long from;
    private final int partitionCount;
    private final Semaphore open = new Semaphore(MAX_OPEN);
    private volatile boolean released;

    /** @param from first offset without a record; the assignment's ledger holds it as open */
    SkippedRecords(Assignment assignment, long from, int partitionCount) {
        this.assignment = assignment;
        this.from = from;
        this.partitionCount = partitionCount;
    }

    TopicPartition partition() {
        return assignment.partition();
    }

    long from() {
        return from;
    }

    boolean held() {
        return assignment.held();
    }

    /** Returns true if the session's records are on this partition. */
    boolean mayContain(SessionKey session) {
        byte[] key = session.toString().getBytes(StandardCharsets.UTF_8);
        return LogPartitions.partitionOf(key, partitionCount) == assignment.number();
    }

    /**
     * Returns a turn for a request whose record is gone. Its lane ends the turn as expired. Blocks while
     * {@value #MAX_OPEN} of these turns have not ended.
     */
    Turn turnOf(UnendedRequest request) {
        open.acquireUninterruptibly();
        return new Turn(
                request.session(),
                request.request(),
                new Turn.Envelope(request.type(), WireFormat.SCHEMA_VERSION, null),
                assignment.number(),
                from,
                request.createdAt(),
                new GoneRecord(request));
    }

    /**
     * Waits until all turns from {@link #turnOf} have ended or were released. Returns false if one was released,
     * because the partition left.
     */
    boolean awaitEnds() {
        open.acquireUninterruptibly(MAX_OPEN);
        open.release(MAX_OPEN);
        return !released;
    }

    /** Completes these offsets, so that later offsets can be committed. */
    void complete() {
        assignment.ledger().complete(from);
    }

    /** A turn's claim on a record that the log no longer contains. */
    private final class GoneRecord extends AssignedClaim {

        private final UnendedRequest request;

        GoneRecord(UnendedRequest request) {
            super(assignment);
            this.request = request;
        }

        @Override
        public byte @Nullable [] value() throws RecordGoneException {
            throw new RecordGoneException();
        }

        @Override
        public void unload() {} // there is nothing to unload

        @Override
        public void complete() {
            endOnce(() -> {});
        }

        @Override
        public void release() {
            endOnce(() -> released = true);
        }

        private void endOnce(Runnable change) {
            if (end(change)) {
                open.release();
            }
        }

        @Override
        public QuarantinedTurn toQuarantinedTurn(TurnError error, int attempts) {
            return new QuarantinedTurn(
                    request.session().toString().getBytes(StandardCharsets.UTF_8),
                    null,
                    List.of(
                            QuarantinedTurn.Header.of(
                                    RecordHeaders.REQUEST_ID, request.request().toString()),
                            QuarantinedTurn.Header.of(RecordHeaders.TYPE, request.type())),
                    error,
                    attempts,
                    new QuarantinedTurn.RecordOrigin(assignment.partition().topic(), assignment.number(), from));
        }
    }
}
