package io.turnlane.gateway.turns.batch;

import io.turnlane.gateway.guard.caller.Caller;
import io.turnlane.gateway.guard.limits.RateLimits;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.gateway.problem.ProblemMapper;
import io.turnlane.gateway.turns.ask.IdempotencyKeys;
import io.turnlane.gateway.turns.ask.QuestionIntake;
import io.turnlane.gateway.turns.ask.QuestionRules;
import io.turnlane.gateway.turns.ask.TurnIds;
import io.turnlane.gateway.turns.batch.BatchCall.BatchOptions;
import io.turnlane.model.CallbackUrl;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.store.batch.BatchRecords;
import io.turnlane.store.batch.StoredBatch;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Entry point for batches. A batch is stored after all its questions except the last one are published, and before the
 * last one is. The terminal event of the last question therefore comes after the batch is stored, so that a processor
 * always finds the end of the batch.
 *
 * <p>A gateway may crash in the middle of a call. The client then repeats the call with the same Idempotency-Key, at
 * any gateway. Each question has a claim that follows from this key and its position, so questions that were accepted
 * are not asked again.
 *
 * <p>Safe for use by any number of threads.
 */
@Component
record BatchIntake(
        QuestionIntake intake,
        QuestionRules questionRules,
        RateLimits rates,
        ProblemMapper problems,
        BatchRecords records,
        BatchRules rules,
        TurnIds ids) {

    private static final Logger LOG = LoggerFactory.getLogger(BatchIntake.class);

    /**
     * Batch that a call asked.
     *
     * @param replayed true if an earlier call with the same Idempotency-Key asked the batch
     */
    record SubmittedBatch(StoredBatch batch, boolean replayed) {}

    /**
     * Asks the questions of a batch, or returns the batch of an earlier call with the same Idempotency-Key.
     *
     * @throws ProblemDetailException if the body is not valid; if no question was accepted; if an earlier call used the
     *     key for a different batch; or if the last question could not be published
     * @throws DataAccessException if Redis is unavailable
     */
    SubmittedBatch submit(Caller caller, BatchBody body, @Nullable String traceparent, @Nullable String key) {
        List<BatchItemBody> items = body.checkedItems(rules.maxQuestions());
        CallbackUrl callback = questionRules.callback(body.callbackUrl());
        String namespace = caller.namespace();
        RequestId batchId = key == null ? ids.next() : IdempotencyKeys.batchId(namespace, key);
        String bodyHash = key == null ? "" : hash(body, items);
        // Also checks that Redis is available, before any question is accepted.
        Optional<StoredBatch> earlier = records.find(namespace, batchId);
        if (earlier.isPresent()) {
            requireSameBody(earlier.get(), bodyHash);
            if (earlier.get().published()) {
                return new SubmittedBatch(earlier.get(), true);
            }
        }
        BatchCall call = new BatchCall(
                intake,
                rates,
                problems,
                new BatchOptions(
                        caller,
                        key,
                        questionRules.traceparent(traceparent),
                        callback == null ? null : CallbackUrl.ofBatch(batchId)),
                items);
        call.accept();
        Optional<BatchCall.LastQuestion> last = call.publishAllButLast();
        StoredBatch batch = new StoredBatch(batchId, ids.now(), bodyHash, callback, false, null, call.results());
        records.store(namespace, batch, rules.retention());
        last.ifPresent(BatchCall.LastQuestion::publish);
        markPublished(namespace, batch);
        log(namespace, batch);
        return earlier.isPresent()
                ? new SubmittedBatch(records.find(namespace, batchId).orElse(batch), true)
                : new SubmittedBatch(batch, false);
    }

    private static String hash(BatchBody body, List<BatchItemBody> items) {
        try {
            return IdempotencyKeys.bodyHash(Map.of(
                    "callback", Objects.requireNonNullElse(body.callbackUrl(), ""),
                    "sessions",
                            items.stream()
                                    .map(item -> Objects.requireNonNullElse(item.sessionId(), ""))
                                    .toList(),
                    "questions",
                            items.stream()
                                    .map(item -> item.toAskBody().withoutDefaults())
                                    .toList()));
        } catch (IllegalArgumentException e) { // metadata of a question is nested too deeply
            throw ProblemDetailException.invalid("items must not contain deeply nested metadata");
        }
    }

    private static void requireSameBody(StoredBatch earlier, String bodyHash) {
        if (!earlier.bodyHash().equals(bodyHash)) {
            throw new ProblemDetailException(
                    ErrorCode.IDEMPOTENCY_CONFLICT,
                    "This Idempotency-Key was already used for a different batch. Use a new key.");
        }
    }

    private void markPublished(String namespace, StoredBatch batch) {
        try {
            records.markPublished(namespace, batch.batchId());
        } catch (DataAccessException unavailable) {
            // A repeated call then tries to ask all questions again, and finds that they are published.
            LOG.debug("batch is published, but was not marked: {}", unavailable.toString());
        }
    }

    private static void log(String namespace, StoredBatch batch) {
        LOG.atInfo()
                .addKeyValue("user", namespace)
                .addKeyValue("batch", batch.batchId())
                .addKeyValue("accepted", batch.asked().size())
                .addKeyValue(
                        "not_accepted", batch.items().size() - batch.asked().size())
                .log("batch accepted");
    }
}
