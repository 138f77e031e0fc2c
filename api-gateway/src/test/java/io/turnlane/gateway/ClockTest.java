package io.turnlane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.turnlane.gateway.TestProcessor.ReceivedTurn;
import io.turnlane.model.redis.SharedClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway on a machine whose clock is wrong. */
@Timeout(60)
class ClockTest {

    @ParameterizedTest
    @ValueSource(ints = {-600, 600})
    void publishesQuestionsWithTheTimeOfRedis(int skewSeconds) throws Exception {
        SharedClock wrong = new SharedClock(() -> Instant.now().plusSeconds(skewSeconds));
        try (TestGateway gateway = TestGateway.startReplacing(bean -> bean instanceof SharedClock ? wrong : bean);
                TestProcessor processor = new TestProcessor(gateway).withScript(TestProcessor.MANUAL)) {
            String self = gateway.post("/v1/sessions/s-clock/requests", "{\"question\":\"?\",\"deadline_seconds\":40}")
                    .header("Location");
            ReceivedTurn turn = processor.nextTurn();

            assertIsNow(turn.ask.createdAt());
            assertIsNow(Instant.ofEpochMilli(turn.record.timestamp()));
            assertIsNow(Instant.ofEpochMilli(Long.parseLong(turn.header("deadline")))
                    .minusSeconds(40));
            assertIsNow(Instant.ofEpochMilli(turn.ask.requestId().value().getMostSignificantBits() >>> 16));
            turn.complete("So.");
            assertThat(gateway.get(self + "?wait=20")
                            .json()
                            .path("processing_time")
                            .asDouble())
                    .isBetween(0.0, 30.0);
        }
    }

    private static void assertIsNow(Instant time) {
        assertThat(time).isCloseTo(Instant.now(), within(Duration.ofSeconds(30).toMillis(), ChronoUnit.MILLIS));
    }
}
