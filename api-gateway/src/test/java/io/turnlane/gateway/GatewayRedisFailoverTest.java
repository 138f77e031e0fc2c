package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.backends.TestBackends;
import io.turnlane.backends.TestFailover;
import io.turnlane.gateway.TestGateway.HttpReply;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Redis that answers but can't be used. */
@Timeout(120)
class GatewayRedisFailoverTest {

    private static final Duration SOON = Duration.ofSeconds(15);

    private final String session = "s-" + UUID.randomUUID();

    @Test
    void isDegradedAndReconnectsWhenItsMasterBecomesAReplica() {
        try (TestFailover redis = new TestFailover();
                TestGateway gateway = TestGateway.start(
                        TestBackends.shared(), TestGateway.freshTopics(), "spring.data.redis.url=" + redis.url())) {
            assertThat(askWithKey(gateway).status()).isEqualTo(202);
            assertThat(gateway.get("/readyz").text("status")).isEqualTo("UP");

            redis.demote();
            assertThat(gateway.get("/readyz").text("status")).isEqualTo("DEGRADED");
            assertThat(askWithKey(gateway).status()).isEqualTo(503);

            redis.promoteSuccessor();
            await().atMost(SOON).until(() -> askWithKey(gateway).status() == 202);
            await().atMost(SOON)
                    .until(() -> gateway.get("/readyz").text("status").equals("UP"));
        }
    }

    private HttpReply askWithKey(TestGateway gateway) {
        return gateway.post(
                "/v1/sessions/" + session + "/requests",
                "{\"question\":\"?\"}",
                "Idempotency-Key",
                UUID.randomUUID().toString());
    }
}
