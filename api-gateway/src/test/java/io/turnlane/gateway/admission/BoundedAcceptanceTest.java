package io.turnlane.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.turnlane.gateway.ask.Acceptance;
import io.turnlane.gateway.ask.Manners;
import io.turnlane.gateway.ask.PreparedTurn;
import io.turnlane.gateway.limits.LimitRules;
import io.turnlane.gateway.limits.RedisUserTurns;
import io.turnlane.gateway.limits.UserTurns;
import io.turnlane.gateway.problem.Refusal;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.ProcessorFigures;
import io.turnlane.model.ProcessorFigures.Places;
import io.turnlane.model.ProcessorState;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.data.redis.core.StringRedisTemplate;

/** What counts as work that was taken. Ten places, turns of 2 s, fifty that wait: 10 s, which is the bound. */
class BoundedAcceptanceTest {

    private static final Instant NOW = Instant.parse("2026-11-21T06:00:00Z");
    private static final SessionKey SESSION = SessionKey.of(null, new SessionId("s"));

    private final Overload overload = new Overload(
            () -> List.of(BoundedAcceptanceTest.busy()),
            () -> 4,
            Duration.ofSeconds(10),
            () -> NOW,
            new SimpleMeterRegistry());

    private static ProcessorFigures busy() {
        return new OverloadTest().processor(ProcessorState.RUNNING, 0, new Places(10, 0, 45, Duration.ofSeconds(2)));
    }

    @BeforeEach
    void look() {
        overload.look();
        assertThat(overload.expectedWait()).isEqualTo(Duration.ofSeconds(9));
    }

    private Acceptance answering(Function<PreparedTurn, Acceptance.Outcome> answer) {
        RedisUserTurns nobodys = new RedisUserTurns(new StringRedisTemplate(), 0, Duration.ofDays(1), () -> NOW);
        UserTurns unbounded = new UserTurns(new LimitRules(0, 0, 0, 0, false), nobodys, new SimpleMeterRegistry());
        return new BoundedAcceptance(new Scripted(answer), overload, unbounded);
    }

    private record Scripted(Function<PreparedTurn, Outcome> answer) implements Acceptance {

        @Override
        public Outcome accept(PreparedTurn turn, String defaultAgent) {
            return answer.apply(turn);
        }

        @Override
        public boolean knows(PreparedTurn turn) {
            return false;
        }

        @Override
        public void published(Accepted accepted) {}

        @Override
        public Standing undo(Accepted accepted, boolean unsure) {
            return Standing.NOWHERE;
        }
    }

    private static PreparedTurn turn() {
        return new PreparedTurn(
                new RequestId(UUID.randomUUID()),
                SESSION,
                null,
                null,
                "?",
                Map.of(),
                Duration.ofHours(1),
                NOW,
                0,
                null,
                null,
                null,
                null,
                Manners.PLAIN,
                null);
    }

    private static Acceptance.Outcome accepted(PreparedTurn turn, RequestId call) {
        return new Acceptance.Accepted(turn, call, "echo", 0, Duration.ofHours(1), false);
    }

    @Test
    void countsWhatIsNew() {
        Acceptance acceptance = answering(turn -> accepted(turn, turn.requestId()));
        acceptance.accept(turn(), "echo");
        assertThat(overload.expectedWait()).as("four gateways do the same").isEqualTo(Duration.ofMillis(9_800));
        acceptance.accept(turn(), "echo");
        assertThatThrownBy(() -> acceptance.accept(turn(), "echo")).isInstanceOf(Refusal.class);
    }

    @Test
    void countsNothingThatIsRefusedOrWasThereBefore() {
        PreparedTurn first = turn();
        List<Function<PreparedTurn, Acceptance.Outcome>> others = List.of(
                _ -> new Acceptance.Full(100),
                _ -> new Acceptance.Conflict(),
                _ -> new Acceptance.BeingMade(),
                _ -> new Acceptance.Known(SESSION, first.requestId()),
                again -> accepted(first, again.requestId()));
        for (int i = 0; i < 20; i++) {
            others.forEach(answer -> answering(answer).accept(turn(), "echo"));
            assertThatThrownBy(() -> answering(_ -> {
                                throw new Refusal(ErrorCode.RATE_LIMITED, "enough");
                            })
                            .accept(turn(), "echo"))
                    .isInstanceOf(Refusal.class);
        }
        assertThat(overload.expectedWait()).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void countsWhatGoesOnWithoutMemory() {
        assertThatThrownBy(() -> answering(_ -> {
                            throw new DataAccessResourceFailureException("away");
                        })
                        .accept(turn(), "echo"))
                .isInstanceOf(DataAccessResourceFailureException.class);
        assertThat(overload.expectedWait()).isEqualTo(Duration.ofMillis(9_800));
    }
}
