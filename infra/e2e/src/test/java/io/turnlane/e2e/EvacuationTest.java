package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A processor that an operator evacuates through a gateway. */
class EvacuationTest {

    private final String id = "p-" + UUID.randomUUID();

    @Test
    void aProcessorGivesUpItsPartitionsAndItsFiguresShowThat() {
        try (RunningTurnlane turnlane = RunningTurnlane.start(2, "--turnlane.processor.id=" + id);
                Client client = new Client(turnlane.address())) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> partitions(processor(client)).size() == 2);
            assertThat(client.post("/v1/ops/processors/p-nobody/evacuate", Map.of())
                            .status())
                    .isEqualTo(404);
            assertThat(client.post("/v1/ops/processors/" + id + "/evacuate", Map.of())
                            .status())
                    .isEqualTo(202);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> processor(client)
                            .map(figures -> figures.get("state"))
                            .filter("evacuated"::equals)
                            .isPresent());
            assertThat(partitions(processor(client))).isEmpty();
        }
    }

    private Optional<Map<String, Object>> processor(Client client) {
        return client.get("/v1/ops/fleet").list("processors").stream()
                .filter(processor -> processor.get("processor").equals(id))
                .findFirst();
    }

    private static List<?> partitions(Optional<Map<String, Object>> processor) {
        return processor.map(figures -> (List<?>) figures.get("partitions")).orElse(List.of());
    }
}
