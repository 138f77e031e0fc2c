package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.turnlane.backends.EmbeddedTestBackends;
import io.turnlane.backends.TestBackends;
import io.turnlane.backends.TestProxy;
import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.gateway.guard.breaker.RedisBreaker;
import io.turnlane.model.TurnEvent;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Redis that accepts connections and commands but never replies, which is worse than one that is down. */
@Timeout(120)
class RedisHangsTest {

    private static final Duration SOON = Duration.ofMillis(500);

    private EmbeddedTestBackends backends;
    private TestGateway gateway;
    private TestProcessor processor;

    /**
     * Restores the backends, because a failed test may leave them frozen. Removes the data of earlier tests, which may
     * hold a key. Also makes sure that Redis has replied once before it hangs.
     */
    @BeforeEach
    void start() {
        backends = TestBackends.forFaults();
        flushRedis();
        gateway = TestGateway.start(backends, TestGateway.freshTopics());
        assertThat(gateway.get("/v1/sessions/nobody").status()).isEqualTo(404);
        processor = new TestProcessor(gateway).withScript(TestProcessor.MANUAL);
    }

    @AfterEach
    void stop() {
        backends.redis().resume();
        processor.close();
        gateway.close();
    }

    private void flushRedis() {
        try (RedisClient client = RedisClient.create(backends.redisUrl());
                StatefulRedisConnection<String, String> redis = client.connect()) {
            redis.sync().flushall();
        }
    }

    private static <T> T within(Duration limit, Supplier<T> call) {
        long start = System.nanoTime();
        T result = call.get();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(limit);
        return result;
    }

    private HttpReply askWithKey() {
        return gateway.post("/v1/sessions/s/requests", "{\"question\":\"?\"}", "Idempotency-Key", "k");
    }

    private void openTheBreaker() {
        backends.redis().pause();
        for (int i = 0; i < 3; i++) {
            HttpReply slow = within(Duration.ofSeconds(4), () -> gateway.ask("s", "?"));
            assertThat(slow.status()).as("accepted after a timeout").isEqualTo(202);
        }
        assertThat(gateway.bean(RedisBreaker.class).isOpen()).isTrue();
    }

    @Test
    void acceptsWithinMillisecondsWhileTheBreakerIsOpen() throws Exception {
        openTheBreaker();
        List<Duration> times = new ArrayList<>();
        // Long enough for a probe to start and to time out; no caller may wait for the probe.
        long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        while (System.nanoTime() < end && times.size() < 90) {
            long start = System.nanoTime();
            assertThat(gateway.ask("s" + times.size(), "?").status()).isEqualTo(202);
            times.add(Duration.ofNanos(System.nanoTime() - start));
            LockSupport.parkNanos(Duration.ofMillis(25).toNanos());
        }
        times.sort(null);
        assertThat(times.get(times.size() / 2)).as("the median").isLessThan(Duration.ofMillis(50));
        assertThat(times.getLast()).as("the slowest").isLessThan(SOON);
        for (int i = 0; i < 3 + times.size(); i++) {
            assertThat(processor.nextTurn().ask).as("published").isNotNull();
        }
    }

    @Test
    void rejectsCallsThatNeedRedisAndServesTheOthers() throws Exception {
        assertThat(gateway.ask("s", "before").status()).isEqualTo(202);
        ReceivedTurn turn = processor.nextTurn();
        String events = "/v1/sessions/s/requests/" + turn.ask.requestId() + "/events";
        try (SseClient open = gateway.stream(events)) {
            turn.publish(new TurnEvent.Started());
            String cursor = open.next().id();
            backends.redis().pause();
            HttpReply keyed = within(Duration.ofSeconds(4), this::askWithKey);
            assertThat(keyed.status()).isEqualTo(503);
            openTheBreaker();

            for (String path : new String[] {"", "/turns", "/events", "/requests/" + turn.ask.requestId()}) {
                HttpReply rejected = within(SOON, () -> gateway.get("/v1/sessions/s" + path));
                assertThat(rejected.status()).as(path).isEqualTo(503);
                assertThat(rejected.text("code")).isEqualTo("unavailable");
                assertThat(rejected.header("Retry-After")).isNotNull();
            }
            keyed = within(SOON, this::askWithKey);
            assertThat(keyed.status()).isEqualTo(503);
            assertThat(keyed.text("code")).isEqualTo("unavailable");
            assertThat(keyed.header("Retry-After")).isNotNull();

            turn.delta("goes on");
            assertThat(open.next().type()).isEqualTo("delta");
            try (SseClient resumed = gateway.stream(events + "?after=" + cursor)) {
                assertThat(resumed.next().type()).isEqualTo("delta");
            }
        }
    }

    @Test
    void isDegradedAndReady() {
        assertThat(gateway.get("/actuator/health").text("status")).isEqualTo("UP");
        backends.redis().pause();
        HttpReply health = within(Duration.ofSeconds(1), () -> gateway.get("/actuator/health"));
        assertThat(health.text("status")).isEqualTo("DEGRADED");
        HttpReply ready = within(Duration.ofSeconds(1), () -> gateway.get("/readyz"));
        assertThat(ready.status()).isEqualTo(200);
        assertThat(ready.text("status")).isEqualTo("DEGRADED");
        assertThat(gateway.get("/livez").text("status")).isEqualTo("UP");
    }

    @Test
    void usesRedisAgainAsSoonAsItReplies() {
        openTheBreaker();
        backends.redis().resume();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> !gateway.bean(RedisBreaker.class).isOpen());
        assertThat(askWithKey().status()).isEqualTo(202);
        assertThat(gateway.get("/v1/sessions/s").status()).isEqualTo(200);
        assertThat(gateway.get("/readyz").text("status")).isEqualTo("UP");
    }

    @Test
    void replacesAConnectionWhoseOtherEndVanished() throws Exception {
        try (TestProxy proxy = new TestProxy(URI.create(backends.redisUrl()));
                TestGateway proxied = TestGateway.start(
                        backends, TestGateway.freshTopics(), "spring.data.redis.url=" + proxy.address())) {
            assertThat(proxied.ask("s", "?").status()).isEqualTo(202);
            assertThat(proxied.get("/v1/sessions/s").status()).isEqualTo(200);
            proxy.stallConnections();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> proxied.get("/v1/sessions/s").status() == 200);
        }
    }

    @Test
    void asksARejectedQuestionWithAKeyOnceOnRetry() throws Exception {
        backends.redis().pause();
        assertThat(askWithKey().status()).isEqualTo(503);
        backends.redis().resume();
        await().atMost(Duration.ofSeconds(10)).until(() -> askWithKey().status() == 202);
        String asked = askWithKey().text("request_id");
        assertThat(processor.nextTurn().command.requestId()).hasToString(asked);
    }
}
