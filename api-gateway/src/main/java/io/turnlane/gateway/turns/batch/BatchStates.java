package io.turnlane.gateway.turns.batch;

import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.turns.batch.BatchResource.BatchItem;
import io.turnlane.gateway.turns.deliver.EndWatch;
import io.turnlane.gateway.turns.deliver.EventStreams;
import io.turnlane.gateway.turns.requests.LostRecords;
import io.turnlane.gateway.turns.requests.WaitTimes;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.TurnError;
import io.turnlane.store.batch.BatchRecords;
import io.turnlane.store.batch.BatchRecords.QuestionState;
import io.turnlane.store.batch.StoredBatch;
import io.turnlane.store.batch.StoredBatch.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * States of batches, from the request records of their questions. Methods throw a data access exception if Redis is
 * unavailable.
 *
 * <p>Safe for use by any number of threads.
 */
@Component
record BatchStates(BatchRecords records, LostRecords lost, EventStreams streams) {

    private static final Logger LOG = LoggerFactory.getLogger(BatchStates.class);

    StoredBatch find(String namespace, RequestId batchId) {
        return records.find(namespace, batchId).orElseThrow(() -> ProblemDetailException.notFound("batch"));
    }

    /** Returns the batch with the current states of its questions. */
    BatchResource current(StoredBatch batch) {
        Iterator<QuestionState> states = records.states(batch.asked()).iterator();
        List<BatchItem> items = new ArrayList<>();
        for (Item item : batch.items()) {
            items.add(
                    switch (item) {
                        case Item.Asked asked -> asked(items.size(), asked, states.next());
                        case Item.NotAccepted(TurnError error) -> notAccepted(items.size(), error);
                    });
        }
        return BatchResource.of(batch, items);
    }

    /** Returns a batch that was just accepted, without a read of its request records. */
    static BatchResource accepted(StoredBatch batch) {
        List<BatchItem> items = new ArrayList<>();
        for (Item item : batch.items()) {
            items.add(
                    switch (item) {
                        case Item.Asked asked -> item(items.size(), asked, "queued", null);
                        case Item.NotAccepted(TurnError error) -> notAccepted(items.size(), error);
                    });
        }
        return BatchResource.of(batch, items);
    }

    private BatchItem asked(int index, Item.Asked asked, QuestionState state) {
        if (state.status() != null) {
            return item(index, asked, state.status().wire(), state.error());
        }
        TurnError why = missing(asked);
        return item(index, asked, why.code().equals(ErrorCode.NOT_FOUND.wire()) ? "gone" : "unknown", why);
    }

    /** Returns the reason for which an accepted question has no request record. */
    TurnError missing(Item.Asked asked) {
        ProblemDetailException problem = lost.request(asked.session(), asked.requestId());
        return TurnError.of(problem.code(), problem.detail());
    }

    private static BatchItem item(int index, Item.Asked asked, String status, @Nullable TurnError error) {
        return new BatchItem(
                index,
                asked.requestId(),
                asked.session().sessionId(),
                status,
                error,
                "/v1/sessions/" + asked.session().sessionId() + "/requests/" + asked.requestId());
    }

    private static BatchItem notAccepted(int index, TurnError error) {
        return new BatchItem(index, null, null, "not_accepted", error, null);
    }

    /**
     * Returns when all questions of the batch have ended, or after {@code timeout}. Waits for one question after the
     * other. A batch whose first open question has not ended has not ended either.
     */
    void awaitEnd(StoredBatch batch, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        for (Item.Asked asked : batch.asked()) {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (!left.isPositive() || !awaitEnd(asked, left)) {
                return;
            }
        }
    }

    /**
     * Waits for the end of one question. Registers for its terminal event before it reads the record, so that an end
     * between these two steps is not missed. Returns false if it does not end in time.
     */
    private boolean awaitEnd(Item.Asked asked, Duration timeout) {
        try (EndWatch watch = streams.watchEnd(asked.session(), asked.requestId())) {
            if (!isOpen(asked)) {
                return true;
            }
            boolean ended = WaitTimes.await(watch, timeout) != null || !isOpen(asked);
            LOG.debug("wait for a question of a batch finished, ended: {}", ended);
            return ended;
        }
    }

    private boolean isOpen(Item.Asked asked) {
        return records.states(List.of(asked)).getFirst().open();
    }
}
