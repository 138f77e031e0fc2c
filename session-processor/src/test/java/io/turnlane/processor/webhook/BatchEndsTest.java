package io.turnlane.processor.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.CallbackUrl;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.TurnError;
import io.turnlane.model.WireFormat;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.batch.BatchRecords;
import io.turnlane.store.batch.StoredBatch;
import io.turnlane.store.batch.StoredBatch.Item;
import io.turnlane.store.memory.TestRedis;
import io.turnlane.store.request.WebhookOutcomes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The webhook of a batch is sent by exactly one terminal event, which finds that all questions have ended. */
class BatchEndsTest {

    private static final CallbackUrl URL = CallbackUrl.parse("https://example.com/hook");

    private static TestRedis redis;
    private static BatchRecords records;

    private final WireFormat wire = new WireFormat();
    private final RequestId batchId = new RequestId(UUID.randomUUID());
    private final List<Item.Asked> asked = IntStream.range(0, 120)
            .mapToObj(_ -> new Item.Asked(new SessionKey("-", SessionId.random()), new RequestId(UUID.randomUUID())))
            .toList();
    private final BatchEnds ends = new BatchEnds(records, wire, InstantSource.fixed(Instant.EPOCH));

    @BeforeAll
    static void connect() {
        redis = new TestRedis();
        records = new BatchRecords(redis.template, new WireFormat());
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    private void store(CallbackUrl callback) {
        asked.forEach(question -> setStatus(question, "queued"));
        List<Item> items = new ArrayList<>(asked);
        items.add(new Item.NotAccepted(TurnError.of(ErrorCode.RATE_LIMITED, "later")));
        records.store(
                "-", new StoredBatch(batchId, Instant.EPOCH, "", callback, false, null, items), Duration.ofHours(1));
        records.markPublished("-", batchId);
    }

    private static void setStatus(Item.Asked question, String status) {
        redis.template
                .opsForHash()
                .put(new MemoryKeys(question.session()).request(question.requestId()), "status", status);
    }

    private Optional<WebhookMessage> end(Item.Asked question) {
        setStatus(question, "completed");
        return eventOf(ends, question);
    }

    private Optional<WebhookMessage> eventOf(BatchEnds reader, Item.Asked question) {
        return reader.messageOf(question.session(), batchId, question.requestId());
    }

    @Test
    void onlyTheLastEndSendsTheWebhookInWhicheverOrderTheQuestionsEnd() {
        store(URL);
        List<Item.Asked> order = new ArrayList<>(asked);
        order.addLast(order.removeFirst());
        order.addLast(order.remove(60));
        for (Item.Asked question : order.subList(0, order.size() - 1)) {
            assertThat(end(question)).isEmpty();
        }
        WebhookMessage message = end(order.getLast()).orElseThrow();
        assertThat(message.to()).isEqualTo(URL);
        assertThat(message.id()).isEqualTo(batchId);
        assertThat(new String(message.body(), StandardCharsets.UTF_8))
                .isEqualTo("{\"batch_id\":\"" + batchId
                        + "\",\"type\":\"batch_ended\",\"at\":\"1970-01-01T00:00:00.000Z\","
                        + "\"total\":121,\"counts\":{\"completed\":120,\"not_accepted\":1},\"links\":{\"self\":\"/v1/batches/"
                        + batchId + "\",\"results\":\"/v1/batches/" + batchId + "/results\"}}");
    }

    @Test
    void twoProcessorsThatReadTheLastEventsTogetherSendOneWebhookAndACrashedSenderSendsItAgain() {
        store(URL);
        asked.forEach(question -> setStatus(question, "failed"));
        BatchEnds other = new BatchEnds(records, wire, InstantSource.fixed(Instant.EPOCH));
        Item.Asked first = asked.getFirst();
        assertThat(eventOf(ends, first)).isPresent();
        assertThat(eventOf(other, asked.getLast())).isEmpty();
        assertThat(eventOf(other, first)).as("redelivered after a crash").isPresent();
        new WebhookOutcomes(redis.template).record(MemoryKeys.batch("-", batchId), "delivered");
        assertThat(eventOf(other, first)).isEmpty();
    }

    @Test
    void aQuestionWhoseRecordIsGoneHasEndedUnlessItsSessionCountsItAsOpen() {
        store(URL);
        asked.forEach(question -> setStatus(question, "completed"));
        Item.Asked lost = asked.get(7);
        MemoryKeys keys = new MemoryKeys(lost.session());
        redis.template.delete(keys.request(lost.requestId()));
        redis.template.opsForZSet().add(keys.openRequestIds(), lost.requestId().toString(), 1);
        assertThat(eventOf(ends, asked.getLast())).isEmpty();
        redis.template.delete(keys.openRequestIds());
        assertThat(eventOf(ends, asked.getLast())).isPresent();
    }

    @Test
    void sendsNothingForABatchWithoutCallbackOrWithoutRecord() {
        assertThat(end(asked.getFirst())).isEmpty();
        store(null);
        asked.forEach(question -> setStatus(question, "completed"));
        assertThat(eventOf(ends, asked.getFirst())).isEmpty();
    }

    /** Two calls with one key can accept different questions, for example at a limit. */
    @Test
    void keepsTheQuestionsThatAnyCallOfTheSameKeyHasAsked() {
        Item.NotAccepted no = new Item.NotAccepted(TurnError.of(ErrorCode.OVERLOADED, "not now"));
        Item one = asked.get(0);
        Item two = asked.get(1);
        for (List<Item> items : List.of(List.of(one, no, no), List.of(no, two, no))) {
            records.store(
                    "-", new StoredBatch(batchId, Instant.EPOCH, "h", null, false, null, items), Duration.ofHours(1));
        }
        assertThat(records.find("-", batchId).orElseThrow().items()).containsExactly(one, two, no);
    }
}
