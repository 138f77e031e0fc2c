package io.turnlane.processor.webhook;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.WireFormat;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.batch.BatchRecords;
import io.turnlane.store.batch.BatchRecords.QuestionState;
import io.turnlane.store.batch.StoredBatch;
import io.turnlane.store.batch.StoredBatch.Item;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.dao.DataAccessException;

/**
 * Finds the ends of batches. The terminal event of each question of a batch asks if the batch has ended. The request
 * records show this. The request record of a question is terminal before its event is published, so the last event that
 * is read finds that all questions have ended.
 *
 * <p>Safe for use by any number of threads.
 */
public final class BatchEnds {

    private static final int MAX_BATCHES = 100;
    private static final Duration KEPT = Duration.ofMinutes(5);

    /** Number of questions whose states are read at once, from the last one to the first. */
    private static final int READ_SIZE = 50;

    private final BatchRecords batches;
    private final WireFormat wire;
    private final InstantSource clock;

    /**
     * Batches whose questions are certainly all known, each with a question that was open at the last look. While this
     * question is open, the batch has not ended, so most events read only one record.
     */
    private final Cache<String, OpenBatch> open = Caffeine.newBuilder()
            .maximumSize(MAX_BATCHES)
            .expireAfterAccess(KEPT)
            .build();

    private record OpenBatch(List<Item.Asked> questions, int lastOpen) {}

    private record EndedBatchLinks(String self, String results) {}

    private record BatchEndedEvent(
            RequestId batchId,
            String type,
            Instant at,
            int total,
            Map<String, Integer> counts,
            EndedBatchLinks links) {}

    public BatchEnds(BatchRecords batches, WireFormat wire, InstantSource clock) {
        this.batches = batches;
        this.wire = wire;
        this.clock = clock;
    }

    /**
     * Returns the webhook of a batch if the batch has ended and its webhook belongs to the terminal event of this
     * request. Empty if questions are open, if another event sends the webhook, if it is already sent, or if the batch
     * has expired.
     *
     * @throws DataAccessException if Redis is unavailable
     */
    Optional<WebhookMessage> messageOf(SessionKey session, RequestId batchId, RequestId ended) {
        String key = MemoryKeys.batch(session.namespace(), batchId);
        OpenBatch known = open.getIfPresent(key);
        if (known != null && isOpen(known.questions().get(known.lastOpen()), ended)) {
            return Optional.empty();
        }
        return batches.find(session.namespace(), batchId).flatMap(batch -> messageOf(key, batch, ended));
    }

    private boolean isOpen(Item.Asked question, RequestId ended) {
        return !question.requestId().equals(ended)
                && batches.states(List.of(question)).getFirst().open();
    }

    private Optional<WebhookMessage> messageOf(String key, StoredBatch batch, RequestId ended) {
        if (batch.callbackUrl() == null || batch.webhook() != null) {
            return Optional.empty();
        }
        List<Item.Asked> questions = batch.asked();
        int lastOpen = lastOpen(questions, ended);
        if (lastOpen >= 0) {
            if (batch.published()) {
                open.put(key, new OpenBatch(questions, lastOpen));
            }
            return Optional.empty();
        }
        open.invalidate(key);
        // The record of the batch can only be missing now if it has just expired.
        String namespace = questions.getFirst().session().namespace();
        return batches.claimWebhook(namespace, batch.batchId(), ended)
                ? Optional.of(new WebhookMessage(batch.callbackUrl(), batch.batchId(), body(batch), key))
                : Optional.empty();
    }

    /**
     * Returns the position of the last open question, or -1 if there is none. Later questions normally end later, so
     * the search goes from the end to the start.
     */
    private int lastOpen(List<Item.Asked> questions, RequestId ended) {
        for (int end = questions.size(); end > 0; end -= READ_SIZE) {
            int first = Math.max(0, end - READ_SIZE);
            List<QuestionState> states = batches.states(questions.subList(first, end));
            for (int index = end - 1; index >= first; index--) {
                if (states.get(index - first).open()
                        && !questions.get(index).requestId().equals(ended)) {
                    return index;
                }
            }
        }
        return -1;
    }

    private byte[] body(StoredBatch batch) {
        List<Item.Asked> asked = batch.asked();
        Map<String, Integer> counts = new TreeMap<>();
        for (QuestionState state : batches.states(asked)) {
            counts.merge(state.status() == null ? "gone" : state.status().wire(), 1, Integer::sum);
        }
        int notAccepted = batch.items().size() - asked.size();
        if (notAccepted > 0) {
            counts.put("not_accepted", notAccepted);
        }
        String self = "/v1/batches/" + batch.batchId();
        return wire.writeValue(new BatchEndedEvent(
                batch.batchId(),
                "batch_ended",
                clock.instant(),
                batch.items().size(),
                counts,
                new EndedBatchLinks(self, self + "/results")));
    }
}
