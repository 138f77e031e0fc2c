package io.turnlane.store.batch;

import io.turnlane.model.CallbackUrl;
import io.turnlane.model.RequestId;
import io.turnlane.model.RequestStatus;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.store.DamagedRecordException;
import io.turnlane.store.HashFields;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.RedisScripts;
import io.turnlane.store.Script;
import io.turnlane.store.batch.StoredBatch.Item;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Batches in Redis: one hash for each batch, with a field for each question. Every method throws a data access
 * exception if Redis is unavailable.
 *
 * <p>Safe for use by any number of threads.
 */
public final class BatchRecords {

    private static final Script STORE = Script.load(BatchRecords.class, "store_batch");
    private static final Script CLAIM_WEBHOOK = Script.load(BatchRecords.class, "claim_webhook");

    /** First character of the value of a question that was not accepted. No session id starts with it. */
    private static final char NOT_ACCEPTED = '!';

    private static final String PUBLISHED = "published";
    private static final String WEBHOOK = "webhook";

    /** Number of request records that one round trip reads. */
    private static final int READ_SIZE = 250;

    private final StringRedisTemplate redis;
    private final WireFormat wire;
    private final RedisScripts scripts;
    private final HashFields fields;

    /**
     * State of a question, from its request record.
     *
     * @param status status of the request; null if it has no record
     * @param error error of a failed request, or null
     * @param open true if the request has not ended. A request without a record is open if its session counts it as
     *     open
     */
    public record QuestionState(
            @Nullable RequestStatus status, @Nullable TurnError error, boolean open) {}

    public BatchRecords(StringRedisTemplate redis, WireFormat wire) {
        this.redis = redis;
        this.wire = wire;
        this.scripts = new RedisScripts(redis);
        this.fields = new HashFields(redis);
    }

    /**
     * Returns a batch of a user; empty if it does not exist or has expired.
     *
     * @param namespace namespace of the user's session keys
     */
    public Optional<StoredBatch> find(String namespace, RequestId batchId) {
        Map<String, String> hash = redis.<String, String>opsForHash().entries(MemoryKeys.batch(namespace, batchId));
        String total = hash.get("total");
        if (total == null) {
            return Optional.empty();
        }
        List<Item> items = new ArrayList<>();
        for (int index = 0; index < Integer.parseInt(total); index++) {
            items.add(itemOf(namespace, required(hash, Integer.toString(index))));
        }
        String callback = hash.get("callback");
        return Optional.of(new StoredBatch(
                batchId,
                Instant.ofEpochMilli(Long.parseLong(required(hash, "created_at"))),
                required(hash, "body"),
                callback == null ? null : CallbackUrl.parse(callback),
                hash.containsKey(PUBLISHED),
                hash.get(WEBHOOK),
                items));
    }

    private static String required(Map<String, String> hash, String field) {
        return Objects.requireNonNull(hash.get(field), field);
    }

    /**
     * Stores a batch. If another call with the same Idempotency-Key has stored it, keeps the questions that the other
     * call has asked.
     *
     * @param retention time for which the batch is kept
     */
    public void store(String namespace, StoredBatch batch, Duration retention) {
        List<Object> arguments = new ArrayList<>(List.of(
                retention.toMillis(),
                batch.createdAt().toEpochMilli(),
                batch.bodyHash(),
                batch.callbackUrl() == null ? "" : batch.callbackUrl(),
                batch.items().size()));
        batch.items().forEach(item -> arguments.add(valueOf(item)));
        scripts.run(STORE, List.of(MemoryKeys.batch(namespace, batch.batchId())), arguments.toArray());
    }

    /** Stores that the last question of the batch is published. */
    public void markPublished(String namespace, RequestId batchId) {
        fields.setIfExists(MemoryKeys.batch(namespace, batchId), PUBLISHED, 1);
    }

    /**
     * Claims the webhook of a batch for the terminal event of one of its questions. The first claim is kept, so that
     * only one event sends the webhook, even if several processors read the last events at the same time.
     *
     * @return true if the webhook belongs to this event; false if it belongs to another one or if the batch has expired
     */
    public boolean claimWebhook(String namespace, RequestId batchId, RequestId ended) {
        String holder = scripts.run(CLAIM_WEBHOOK, List.of(MemoryKeys.batch(namespace, batchId)), ended)
                .text(0);
        return holder.equals(ended.toString());
    }

    /**
     * Returns the states of questions, in the same order.
     *
     * @throws DamagedRecordException if a request record is damaged
     */
    public List<QuestionState> states(List<Item.Asked> questions) {
        List<QuestionState> states = new ArrayList<>();
        for (int first = 0; first < questions.size(); first += READ_SIZE) {
            states.addAll(read(questions.subList(first, Math.min(first + READ_SIZE, questions.size()))));
        }
        return states;
    }

    private List<QuestionState> read(List<Item.Asked> questions) {
        List<?> replies = redis.executePipelined((RedisCallback<@Nullable Object>) connection -> {
            for (Item.Asked question : questions) {
                MemoryKeys keys = new MemoryKeys(question.session());
                byte[] record = bytes(keys.request(question.requestId()));
                connection.hashCommands().hMGet(record, bytes("status"), bytes("error"));
                connection.zSetCommands().zScore(bytes(keys.openRequestIds()), bytes(question.requestId()));
            }
            return null;
        });
        List<QuestionState> states = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            List<?> fields = (List<?>) replies.get(2 * i);
            states.add(state(
                    questions.get(i).requestId(), text(fields.get(0)), text(fields.get(1)), replies.get(2 * i + 1)));
        }
        return states;
    }

    private QuestionState state(
            RequestId requestId, @Nullable String status, @Nullable String error, @Nullable Object open) {
        if (status == null) {
            return new QuestionState(null, null, open != null);
        }
        try {
            RequestStatus known = RequestStatus.of(status);
            TurnError failure = error == null || error.isEmpty()
                    ? null
                    : wire.read(error.getBytes(StandardCharsets.UTF_8), TurnError.class);
            return new QuestionState(known, failure, !known.isTerminal());
        } catch (IllegalArgumentException | UnreadableRecordException e) {
            throw new DamagedRecordException("The stored request record is damaged.", requestId, e);
        }
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static byte[] bytes(Object value) {
        return value.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String valueOf(Item item) {
        return switch (item) {
            case Item.Asked asked -> asked.session().sessionId() + "/" + asked.requestId();
            case Item.NotAccepted(TurnError error) -> NOT_ACCEPTED + error.code() + " " + error.message();
        };
    }

    private static Item itemOf(String namespace, String text) {
        if (text.charAt(0) == NOT_ACCEPTED) {
            int space = text.indexOf(' ');
            return new Item.NotAccepted(new TurnError(text.substring(1, space), text.substring(space + 1)));
        }
        int slash = text.indexOf('/');
        return new Item.Asked(
                new SessionKey(namespace, new SessionId(text.substring(0, slash))),
                RequestId.parse(text.substring(slash + 1)));
    }
}
