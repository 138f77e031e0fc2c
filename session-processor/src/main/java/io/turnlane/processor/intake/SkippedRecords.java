package io.turnlane.processor.intake;

import io.turnlane.log.LogPartitions;
import io.turnlane.model.QuarantinedTurn;
import io.turnlane.model.RecordHeaders;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.turn.Turn;
import io.turnlane.processor.turn.Turn.Claim;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import io.turnlane.store.memory.UnendedRequests.UnendedRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
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

    /** A turn's claim on a record that the log no longer contains. The object's monitor guards the state. */
    private final class GoneRecord implements Claim {

        private final UnendedRequest request;
        private final List<Runnable> endCallbacks = new ArrayList<>();
        private final AtomicInteger failures = new AtomicInteger();
        private boolean ended;

        GoneRecord(UnendedRequest request) {
            this.request = request;
        }

        @Override
        public long fence() {
            return assignment.fence();
        }

        @Override
        public boolean held() {
            return assignment.held();
        }

        @Override
        public Object assignmentKey() {
            return assignment;
        }

        @Override
        public void renewFence() {
            assignment.renewFence();
        }

        @Override
        public byte @Nullable [] value() throws RecordGoneException {
            throw new RecordGoneException();
        }

        @Override
        public int countFailure() {
            return failures.incrementAndGet();
        }

        @Override
        public void unload() {} // there is nothing to unload

        @Override
        public void onEnd(Runnable callback) {
            synchronized (this) {
                if (!ended) {
                    endCallbacks.add(callback);
                    return;
                }
            }
            callback.run();
        }

        @Override
        public void complete() {
            end(false);
        }

        @Override
        public void release() {
            end(true);
        }

        private void end(boolean partitionLeft) {
            List<Runnable> callbacks;
            synchronized (this) {
                if (ended) {
                    return;
                }
                ended = true;
                callbacks = List.copyOf(endCallbacks);
            }
            if (partitionLeft) {
                released = true;
            }
            callbacks.forEach(Runnable::run);
            open.release();
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
