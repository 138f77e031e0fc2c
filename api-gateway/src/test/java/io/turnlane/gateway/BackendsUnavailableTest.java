package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.backends.EmbeddedTestBackends;
import io.turnlane.backends.TestBackends;
import io.turnlane.gateway.TestGateway.HttpReply;
import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.gateway.many.RawStream;
import io.turnlane.model.TurnEvent;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Behaviour for clients while Redis or Kafka is unavailable, and after their return. */
@Timeout(120)
class BackendsUnavailableTest {

    @Test
    void acceptsWithoutRedisAndRejectsWithoutKafka() throws Exception {
        EmbeddedTestBackends backends = TestBackends.forFaults();
        String session = TwoGateways.freshSession();
        String path = "/v1/sessions/" + session;
        try (TestGateway gateway = TestGateway.start(backends, TestGateway.freshTopics());
                TestProcessor processor = new TestProcessor(gateway).withScript(TestProcessor.MANUAL)) {
            assertThat(gateway.ask(session, "before").status()).isEqualTo(202);
            ReceivedTurn turn = processor.nextTurn();
            SseClient open = gateway.stream(path + "/requests/" + turn.ask.requestId() + "/events");
            turn.publish(new TurnEvent.Started());
            String cursor = open.next().id();

            backends.redis().kill();
            await().until(() -> gateway.get(path).status() == 503);
            HttpReply unavailable = gateway.get(path + "/requests/" + turn.ask.requestId());
            assertThat(unavailable.status()).isEqualTo(503);
            assertThat(unavailable.text("code")).isEqualTo("unavailable");
            assertThat(unavailable.header("Retry-After")).isNotNull();
            assertThat(gateway.get(path + "/events").status()).isEqualTo(503);
            assertThat(gateway.get("/readyz").status()).isEqualTo(200);
            assertThat(gateway.get("/api/stats")
                            .json()
                            .path("redis")
                            .path("available")
                            .asBoolean())
                    .isFalse();

            await().untilAsserted(() -> assertThat(gateway.get("/v1/ops/fleet")
                            .json()
                            .path("health")
                            .path("problems")
                            .path(0)
                            .path("code")
                            .asString())
                    .isEqualTo("redis_unavailable"));

            HttpReply asked = gateway.ask(session, "without memory");
            assertThat(asked.status()).isEqualTo(202);
            assertThat(processor.nextTurn().command.requestId()).hasToString(asked.text("request_id"));

            turn.delta("goes on");
            assertThat(open.next().type()).isEqualTo("delta");
            try (SseClient resumed =
                    gateway.stream(path + "/requests/" + turn.ask.requestId() + "/events?after=" + cursor)) {
                assertThat(resumed.next().type()).isEqualTo("delta");
            }
            try (RawStream resumed = RawStream.socket(gateway.port(), session, cursor)) {
                assertThat(resumed.next()).contains("goes on");
            }
            open.close();

            backends.redis().start();
            await().atMost(Duration.ofSeconds(20)).until(() -> gateway.get(path).status() == 200);

            backends.broker().pause();
            long start = System.nanoTime();
            HttpReply rejected = gateway.ask(session + "-broker", "?");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(7));
            assertThat(rejected.status()).isEqualTo(503);
            assertThat(rejected.text("code")).isEqualTo("unavailable");
            assertThat(rejected.text("request_id")).isNotNull();
            assertThat(gateway.get("/v1/sessions/" + session + "-broker").status())
                    .as("the acceptance is undone")
                    .isEqualTo(404);
            backends.broker().resume();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> gateway.ask(session + "-back", "?").status() == 202);
        }
    }
}
