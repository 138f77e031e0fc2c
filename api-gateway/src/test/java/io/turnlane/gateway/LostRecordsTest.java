package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.sync.RedisCommands;
import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.MemoryKeys;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Replies of a gateway for data that Redis lost and that no processor has restored yet. */
@Timeout(60)
class LostRecordsTest {

    private static final int PARTITIONS = 3;

    private static TestGateway gateway;
    private static TestProcessor processor;

    private final String session = "s-" + UUID.randomUUID();
    private final MemoryKeys keys = new MemoryKeys(SessionKey.of(null, new SessionId(session)));

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
        processor = new TestProcessor(gateway).withScript(TestProcessor.MANUAL);
    }

    @AfterAll
    static void stop() {
        processor.close();
        gateway.close();
    }

    private RedisCommands<String, byte[]> redis() {
        return processor.redis().sync();
    }

    @Test
    void answersUnavailableForAQueuedRequestWhoseRecordWasLost() {
        String request = gateway.ask(session, "?").text("request_id");
        redis().del(keys.request(RequestId.parse(request)));
        expectUnavailable(request);
    }

    /** A processor stores that the data of a partition is complete. Redis loses this together with the data. */
    @Test
    void answersUnavailableUntilAProcessorHasRestoredLostData() {
        String request = gateway.ask(session, "?").text("request_id");
        redis().del(keys.request(RequestId.parse(request)), keys.context(), keys.openRequestIds(), keys.requestIds());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            redis().del(MemoryKeys.lastRebuild(gateway.topics().turns(), partition));
        }
        expectUnavailable(request);

        for (int partition = 0; partition < PARTITIONS; partition++) {
            redis().set(MemoryKeys.lastRebuild(gateway.topics().turns(), partition), "{}".getBytes());
        }
        assertThat(gateway.get(path(request)).status()).as("restored data").isEqualTo(404);
    }

    private void expectUnavailable(String request) {
        for (HttpReply reply : new HttpReply[] {
            gateway.get(path(request)),
            gateway.get(path(request) + "/timeline"),
            gateway.get(path(request) + "/events"),
            gateway.post(path(request) + "/cancel", "{}")
        }) {
            assertThat(reply.status()).as(reply.response().uri().toString()).isEqualTo(503);
            assertThat(reply.text("code")).isEqualTo("unavailable");
            assertThat(reply.header("Retry-After")).isNotNull();
        }
    }

    private String path(String request) {
        return "/v1/sessions/" + session + "/requests/" + request;
    }

    @Test
    void answersNotFoundForRequestsThatWereNeverAccepted() {
        gateway.ask(session, "?");
        assertThat(gateway.get(path(UUID.randomUUID().toString())).status()).isEqualTo(404);
    }

    @Test
    void keepsAHistoryWhoseContextWasLostAndMarksTheSession() {
        redis().rpush(keys.history(), "a turn".getBytes(StandardCharsets.UTF_8));
        redis().pexpire(keys.history(), 60_000);
        assertThat(gateway.ask(session, "?").status()).isEqualTo(202);
        assertThat(redis().llen(keys.history())).isOne();
        assertThat(context("memory")).isEqualTo("lost");
        assertThat(context("hist_bytes")).isEqualTo("6");
        assertThat(context("version")).isNotEmpty();
    }

    @Test
    void marksASessionThatWasLostAlthoughItHasNotExpired() {
        String created = gateway.post("/v1/sessions", "{}").text("session_id");
        MemoryKeys lost = new MemoryKeys(SessionKey.of(null, new SessionId(created)));
        redis().del(lost.context());
        assertThat(gateway.get("/v1/sessions/" + created).status()).isEqualTo(503);
        assertThat(gateway.ask(created, "?").status()).isEqualTo(202);
        assertThat(new String(redis().hget(lost.context(), "memory"), StandardCharsets.UTF_8))
                .isEqualTo("lost");
    }

    @Test
    void deletesASessionWhoseContextWasLost() {
        String created = gateway.post("/v1/sessions", "{}").text("session_id");
        redis().del(new MemoryKeys(SessionKey.of(null, new SessionId(created))).context());
        assertThat(gateway.delete("/v1/sessions/" + created).status()).isEqualTo(202);
    }

    @Test
    void answersUnavailableForALostHistory() {
        gateway.ask(session, "?");
        redis().hset(keys.context(), "hist_bytes", "100".getBytes(StandardCharsets.UTF_8));
        assertThat(gateway.get("/v1/sessions/" + session + "/turns").status()).isEqualTo(503);
        assertThat(gateway.get("/v1/sessions/" + session + "/export").status()).isEqualTo(503);
    }

    private String context(String field) {
        return new String(redis().hget(keys.context(), field), StandardCharsets.UTF_8);
    }
}
