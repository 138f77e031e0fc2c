package io.turnlane.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnlane.backends.TestFailover;
import io.turnlane.model.SessionId;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;

/** A Redis that answers but can't be used. */
@Timeout(120)
class RedisFailoverTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void isDegradedAndContinuesAtTheNewMasterWhenItsMasterBecomesAReplica() {
        SessionId session = SessionId.random();
        try (TestFailover redis = new TestFailover();
                TurnLogFixture log = new TurnLogFixture(1);
                ConfigurableApplicationContext processor =
                        TestProcessors.start(log, "--spring.data.redis.url=" + redis.url())) {
            log.publish(TestProcessors.ask(session, "one", Map.of()));
            log.awaitTerminals(1, SOON);
            assertThat(redisStatus(processor)).isEqualTo(Status.UP);

            redis.demote();
            await().atMost(SOON).until(() -> redisStatus(processor).getCode().equals("DEGRADED"));
            log.publish(TestProcessors.ask(session, "two", Map.of()));
            redis.promoteSuccessor();
            log.awaitTerminals(2, SOON);
            assertThat(log.terminals()).allMatch(event -> event.type().equals("completed"));
            await().atMost(SOON).until(() -> redisStatus(processor).equals(Status.UP));
        }
    }

    private static Status redisStatus(ConfigurableApplicationContext processor) {
        return processor
                .getBean("redisHealthIndicator", HealthIndicator.class)
                .health()
                .getStatus();
    }
}
