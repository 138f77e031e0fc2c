package io.turnlane.gateway.turns.ask;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.turnlane.gateway.turns.fleet.AgentRegistry;
import io.turnlane.gateway.turns.fleet.Fleet;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.accept.Acceptance;
import io.turnlane.store.accept.AskOptions;
import io.turnlane.store.accept.PreparedTurn;
import io.turnlane.store.accept.RoutedAgent;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.dao.QueryTimeoutException;

/** Acceptance of questions while Redis is unavailable. */
class TolerantAcceptanceTest {

    private static final Acceptance UNAVAILABLE = (Acceptance)
            Proxy.newProxyInstance(Acceptance.class.getClassLoader(), new Class<?>[] {Acceptance.class}, (_, _, _) -> {
                throw new QueryTimeoutException("Redis is unavailable");
            });

    private final TolerantAcceptance acceptance = new TolerantAcceptance(
            UNAVAILABLE,
            new Fleet(List::of, new AgentRegistry(), "support", () -> Duration.ZERO),
            new AskJournal(new SimpleMeterRegistry()));

    @ParameterizedTest
    @CsvSource({"support, v2, support", ", v2, support", "echo, echo, "})
    void choosesTheAgentOfARouteWithoutRedis(@Nullable String asked, String agent, @Nullable String route) {
        Acceptance.Accepted accepted = (Acceptance.Accepted) acceptance.accept(turn(asked));
        assertThat(accepted.agent()).isEqualTo(agent);
        assertThat(accepted.route()).isEqualTo(route);
    }

    private static PreparedTurn turn(@Nullable String agent) {
        return new PreparedTurn(
                new RequestId(UUID.randomUUID()),
                SessionKey.of(null, new SessionId("s-1")),
                null,
                agent,
                "?",
                Map.of(),
                Duration.ofHours(1),
                Instant.EPOCH,
                0,
                null,
                null,
                null,
                null,
                AskOptions.DEFAULT,
                null,
                Map.of("support", new RoutedAgent("v2", "support")));
    }
}
