package io.turnlane.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.model.CallbackUrl;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.Priority;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.SessionId;
import io.turnlane.model.TurnError;
import io.turnlane.model.TurnPolicy;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.webhook.Receiver;
import io.turnlane.store.MemoryKeys;
import io.turnlane.store.batch.BatchRecords;
import io.turnlane.store.batch.StoredBatch;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Terminal events are sent to the callbacks of their questions: signed, with retries, and at least once. */
@Timeout(120)
class WebhookTest {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final byte[] SECRET = "twenty-four random bytes".getBytes(StandardCharsets.US_ASCII);

    private final TurnLogFixture log = new TurnLogFixture(1);
    private final Receiver receiver = new Receiver();
    private ConfigurableApplicationContext processor;

    @AfterEach
    void stop() {
        processor.close();
        receiver.close();
        log.close();
    }

    @Test
    void sendsSignedTerminalEventsAndRetriesAfterFailures() throws Exception {
        receiver.answering(Receiver.status(500), Receiver.status(503));
        start("--turnlane.webhooks.first=50ms");
        Ask ask = log.publish(ask("why?", Map.of(), "/hook"));
        Ask failing = log.publish(ask("bad", Map.of("delay_ms", "no number"), "/failed"));
        log.publish(ask("without a callback", Map.of(), (CallbackUrl) null));
        String id = ask.requestId().toString();
        await().atMost(SOON).until(() -> "delivered".equals(outcome(ask)));
        await().atMost(SOON).until(() -> "delivered".equals(outcome(failing)));
        assertThat(receiver.posts).hasSize(4);
        assertThat(receiver.of(failing.requestId().toString()).getLast().body()).contains("\"type\":\"failed\"");
        assertThat(receiver.of(id)).allSatisfy(post -> {
            assertThat(post.path()).isEqualTo("/hook");
            assertThat(post.body()).contains("\"type\":\"completed\"", "\"text\":\"echo: why?\"", id);
            assertThat(post.signature()).isEqualTo(signature(post));
        });
    }

    @Test
    void sendsOneWebhookWhenAllQuestionsOfABatchHaveEnded() throws Exception {
        receiver.answering(Receiver.status(500));
        start("--turnlane.webhooks.first=50ms");
        BatchRecords batches =
                new BatchRecords(processor.getBean(StringRedisTemplate.class), processor.getBean(WireFormat.class));
        RequestId batchId = new RequestId(UUID.randomUUID());
        List<Ask> asks = IntStream.range(0, 20)
                .mapToObj(i -> ask(
                        "question " + i,
                        i == 3 ? Map.of("delay_ms", "no number") : Map.of(),
                        CallbackUrl.ofBatch(batchId)))
                .toList();
        asks.forEach(this::accept);
        List<StoredBatch.Item> items = new ArrayList<>(
                List.of(new StoredBatch.Item.NotAccepted(TurnError.of(ErrorCode.RATE_LIMITED, "later"))));
        asks.forEach(ask -> items.add(new StoredBatch.Item.Asked(ask.key(), ask.requestId())));
        batches.store(
                "-",
                new StoredBatch(batchId, Instant.now(), "", receiver.url("/batch"), true, null, items),
                Duration.ofHours(1));
        asks.forEach(log::publish);
        await().atMost(SOON)
                .until(() -> "delivered"
                        .equals(batches.find("-", batchId).orElseThrow().webhook()));
        assertThat(receiver.posts)
                .hasSize(2)
                .extracting(Receiver.ReceivedWebhook::id)
                .containsOnly(batchId.toString());
        Receiver.ReceivedWebhook sent = receiver.posts.getLast();
        assertThat(sent.path()).isEqualTo("/batch");
        assertThat(sent.body())
                .contains("\"type\":\"batch_ended\"", "\"total\":21")
                .contains("\"counts\":{\"completed\":19,\"failed\":1,\"not_accepted\":1}");
        assertThat(sent.signature()).isEqualTo(signature(sent));
        assertThat(asks).extracting(this::outcome).containsOnlyNulls();
    }

    /** Writes the fields of an accepted question that show that it is open. */
    private void accept(Ask ask) {
        StringRedisTemplate redis = processor.getBean(StringRedisTemplate.class);
        MemoryKeys keys = new MemoryKeys(ask.key());
        String at = Long.toString(ask.createdAt().toEpochMilli());
        redis.opsForHash()
                .putAll(
                        keys.request(ask.requestId()),
                        Map.of("status", "queued", "agent", "echo", "created_at", at, "attempt", "0"));
        redis.opsForZSet().add(keys.openRequestIds(), ask.requestId().toString(), Double.parseDouble(at));
    }

    @Test
    void sendsUndeliveredWebhooksAfterARestartAndNoDeliveredOnesAgain() {
        receiver.answering(Receiver.status(500));
        start("--turnlane.webhooks.first=1h", "--turnlane.webhooks.most=1h");
        Ask waits = log.publish(ask("waits for a retry", Map.of(), "/"));
        await().atMost(SOON).until(() -> !receiver.posts.isEmpty());
        Ask behind = log.publish(ask("received behind it", Map.of(), "/"));
        await().atMost(SOON).until(() -> "delivered".equals(outcome(behind)));
        assertThat(outcome(waits)).isNull();
        processor.close();
        start();
        await().atMost(SOON).until(() -> "delivered".equals(outcome(waits)));
        assertThat(receiver.of(waits.requestId().toString())).hasSize(2);
        assertThat(receiver.of(behind.requestId().toString())).hasSize(1);
    }

    @Test
    void anUnavailableHostDoesNotDelayWebhooksOfOthers() {
        Receiver away = new Receiver();
        CallbackUrl dead = CallbackUrl.parse(away.url("/").toString().replace("127.0.0.1", "localhost"));
        away.close();
        start(
                "--turnlane.webhooks.open=6",
                "--turnlane.webhooks.open-per-host=2",
                "--turnlane.webhooks.first=1h",
                "--turnlane.webhooks.most=1h");
        Ask first = log.publish(ask("?", Map.of(), dead));
        await().atMost(SOON).until(() -> counted("retried") == 1);
        List<Ask> more = IntStream.range(0, 9)
                .mapToObj(_ -> log.publish(ask("?", Map.of(), dead)))
                .toList();
        Ask good = log.publish(ask("?", Map.of(), "/"));
        await().atMost(SOON).until(() -> "delivered".equals(outcome(good)));
        await().atMost(SOON).until(() -> counted("failed") == 8);
        assertThat(outcome(first)).as("waits for its retry").isNull();
        assertThat(more.stream().map(this::outcome).filter("failed"::equals)).hasSize(8);
    }

    private double counted(String outcome) {
        Counter counter = processor
                .getBean(MeterRegistry.class)
                .find("turnlane.webhooks")
                .tag("outcome", outcome)
                .counter();
        return counter == null ? 0 : counter.count();
    }

    private void start(String... more) {
        String[] settings = new String[more.length + 4];
        settings[0] = "--turnlane.webhooks.enabled=true";
        settings[1] = "--turnlane.webhooks.allow-private=true";
        settings[2] = "--turnlane.webhooks.secrets=whsec_" + Base64.getEncoder().encodeToString(SECRET);
        settings[3] = "--turnlane.webhooks.group=webhooks-" + log.prefix();
        System.arraycopy(more, 0, settings, 4, more.length);
        processor = TestProcessors.start(log, settings);
    }

    private Object outcome(Ask ask) {
        return processor
                .getBean(StringRedisTemplate.class)
                .opsForHash()
                .get(new MemoryKeys(ask.key()).request(ask.requestId()), "webhook");
    }

    /** Computes the signature independently, as a receiver does. */
    private static String signature(Receiver.ReceivedWebhook post) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
        String signed = post.id() + "." + post.timestamp() + "." + post.body();
        return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    }

    private Ask ask(String question, Map<String, Object> metadata, String path) {
        return ask(question, metadata, path == null ? null : receiver.url(path));
    }

    private static Ask ask(String question, Map<String, Object> metadata, CallbackUrl callback) {
        return new Ask(
                new RequestId(UUID.randomUUID()),
                SessionId.random(),
                null,
                "echo",
                question,
                metadata,
                Duration.ofHours(1),
                Instant.now(),
                null,
                null,
                TurnPolicy.ENQUEUE,
                Priority.NORMAL,
                callback);
    }
}
