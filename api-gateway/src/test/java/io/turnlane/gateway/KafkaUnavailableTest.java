package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.backends.EmbeddedTestBackends;
import io.turnlane.backends.TestBackends;
import io.turnlane.gateway.TestGateway.HttpReply;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A broker that becomes unavailable after the start: the gateway reports it within seconds, rejects questions in time,
 * and recovers by itself.
 */
@Timeout(120)
class KafkaUnavailableTest {

    /** Delivery timeout of the producer plus time for the rest of the call. */
    private static final Duration IN_TIME = Duration.ofMillis(5_500);

    private final String session = TwoGateways.freshSession();
    private EmbeddedTestBackends backends;

    /** Restores the backends before each test, because a failed test may leave them stopped. */
    @BeforeEach
    void restoreBackends() {
        backends = TestBackends.forFaults();
    }

    @AfterEach
    void resume() {
        backends.broker().resume();
    }

    private HttpReply ask(TestGateway gateway, String key) {
        long start = System.nanoTime();
        HttpReply reply =
                gateway.post("/v1/sessions/" + session + "/requests", "{\"question\":\"?\"}", "Idempotency-Key", key);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(IN_TIME);
        return reply;
    }

    private static boolean kafkaAvailable(TestGateway gateway) {
        return gateway.get("/api/stats").json().path("kafka").path("available").asBoolean();
    }

    @Test
    void rejectsAndRecoversIfTheBrokerHangs() throws Exception {
        try (TestGateway gateway = TestGateway.start(backends, TestGateway.freshTopics());
                TestProcessor processor = new TestProcessor(gateway).withScript(TestProcessor.MANUAL)) {
            assertThat(ask(gateway, "before").status()).isEqualTo(202);
            processor.nextTurn();

            backends.broker().pause();
            HttpReply unknown = ask(gateway, "k");
            assertUnavailable(unknown);
            String claimed = unknown.text("request_id");
            assertThat(claimed).isNotNull();
            assertDown(gateway);
            assertUnavailable(ask(gateway, "k"));

            backends.broker().resume();
            assertUp(gateway);
            HttpReply found = ask(gateway, "k");
            assertThat(found.status()).isEqualTo(202);
            assertThat(found.text("request_id")).isEqualTo(claimed);
            // The record that timed out may have been published as well, but no other turn was.
            assertThat(processor.nextTurn().command.requestId()).hasToString(claimed);
        }
    }

    @Test
    void rejectsAndRecoversIfTheBrokerIsKilled() {
        try (TestGateway gateway = TestGateway.start(backends, TestGateway.freshTopics())) {
            assertThat(kafkaAvailable(gateway)).isTrue();
            backends.broker().kill();
            assertUnavailable(ask(gateway, "k"));
            assertDown(gateway);
            backends.broker().start();
            assertUp(gateway);
            assertThat(ask(gateway, "k").status()).isEqualTo(202);
        }
    }

    @Test
    void rejectsPermanentlyARecordThatTheProducerRejects() {
        try (TestGateway gateway = TestGateway.start("spring.kafka.producer.properties.max.request.size=4096")) {
            assertUnavailable(TwoGateways.ask(gateway, session, "k", "?".repeat(8_000)));
            assertThat(gateway.get("/v1/sessions/" + session).status()).isEqualTo(404);
            assertThat(TwoGateways.ask(gateway, session, "k", "?").status())
                    .as("the key is free")
                    .isEqualTo(202);
        }
    }

    private static void assertUnavailable(HttpReply reply) {
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(503);
        assertThat(reply.text("code")).isEqualTo("unavailable");
        assertThat(reply.header("Retry-After")).isNotNull();
    }

    private static void assertDown(TestGateway gateway) {
        await().atMost(Duration.ofSeconds(5)).until(() -> gateway.get("/readyz").status() == 503);
        assertThat(gateway.get("/actuator/health").text("status")).isEqualTo("DOWN");
        assertThat(gateway.get("/livez").status()).isEqualTo(200);
        assertThat(kafkaAvailable(gateway)).isFalse();
    }

    private static void assertUp(TestGateway gateway) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> gateway.get("/readyz").status() == 200);
        assertThat(kafkaAvailable(gateway)).isTrue();
    }
}
