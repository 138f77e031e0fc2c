package io.turnlane.gateway.guard.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.turnlane.gateway.guard.limits.UserBudget;
import io.turnlane.gateway.guard.limits.UserLimits;
import io.turnlane.gateway.guard.limits.UserTurns;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.ProcessorState;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.ProcessorStatistics.SlotStatistics;
import io.turnlane.model.RequestId;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.store.accept.Acceptance;
import io.turnlane.store.accept.AskOptions;
import io.turnlane.store.accept.PreparedTurn;
import io.turnlane.store.limit.RedisUserTurns;
import io.turnlane.store.limit.RedisUserUsage;
import io.turnlane.store.limit.UsageBudget;
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

/**
 * Counts of admitted work. The processor has ten slots, turns take 2 s and 45 turns wait, so that the expected wait is
 * 9 s. The limit is 10 s.
 */
class BoundedAcceptanceTest {

    private static final Instant NOW = Instant.parse("2026-11-21T06:00:00Z");
    private static final SessionKey SESSION = SessionKey.of(null, new SessionId("s"));

    private final OverloadGuard overload = new OverloadGuard(
            () -> List.of(BoundedAcceptanceTest.busy()),
            () -> 4,
            Duration.ofSeconds(10),
            () -> NOW,
            new SimpleMeterRegistry());

    private static ProcessorStatistics busy() {
        return new OverloadGuardTest()
                .processor(ProcessorState.RUNNING, 0, new SlotStatistics(10, 0, 45, Duration.ofSeconds(2)));
    }

    @BeforeEach
    void refresh() {
        overload.refresh();
        assertThat(overload.expectedWait()).isEqualTo(Duration.ofSeconds(9));
    }

    private Acceptance answering(Function<PreparedTurn, Acceptance.AcceptOutcome> answer) {
        RedisUserTurns unused = new RedisUserTurns(new StringRedisTemplate(), 0, 0, Duration.ofDays(1), () -> NOW);
        UserLimits none = new UserLimits(0, 0, 0, 0, false);
        UserBudget noBudget =
                new UserBudget(none, UsageBudget.NONE, new RedisUserUsage(new StringRedisTemplate()), () -> NOW);
        UserTurns unbounded = new UserTurns(none, unused, noBudget, new SimpleMeterRegistry());
        return new BoundedAcceptance(new Scripted(answer), overload, unbounded);
    }

    private record Scripted(Function<PreparedTurn, AcceptOutcome> answer) implements Acceptance {

        @Override
        public AcceptOutcome accept(PreparedTurn turn, String defaultAgent) {
            return answer.apply(turn);
        }

        @Override
        public boolean hasClaim(PreparedTurn turn) {
            return false;
        }

        @Override
        public void markPublished(Accepted accepted) {}

        @Override
        public UndoResult undo(Accepted accepted, boolean unsure) {
            return UndoResult.NOT_PUBLISHED;
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
                AskOptions.DEFAULT,
                null,
                Map.of());
    }

    private static Acceptance.AcceptOutcome accepted(PreparedTurn turn, RequestId call) {
        return new Acceptance.Accepted(turn, call, "echo", null, 0, Duration.ofHours(1), false);
    }

    @Test
    void countsNewQuestions() {
        Acceptance acceptance = answering(turn -> accepted(turn, turn.requestId()));
        acceptance.accept(turn(), "echo");
        assertThat(overload.expectedWait())
                .as("each of four gateways admits one")
                .isEqualTo(Duration.ofMillis(9_800));
        acceptance.accept(turn(), "echo");
        assertThatThrownBy(() -> acceptance.accept(turn(), "echo")).isInstanceOf(ProblemDetailException.class);
    }

    @Test
    void doesNotCountRejectedOrRepeatedQuestions() {
        PreparedTurn first = turn();
        List<Function<PreparedTurn, Acceptance.AcceptOutcome>> others = List.of(
                _ -> new Acceptance.Full(100),
                _ -> new Acceptance.Conflict(),
                _ -> new Acceptance.ForkInProgress(),
                _ -> new Acceptance.AlreadyPublished(SESSION, first.requestId()),
                again -> accepted(first, again.requestId()));
        for (int i = 0; i < 20; i++) {
            others.forEach(answer -> answering(answer).accept(turn(), "echo"));
            assertThatThrownBy(() -> answering(_ -> {
                                throw new ProblemDetailException(ErrorCode.RATE_LIMITED, "enough");
                            })
                            .accept(turn(), "echo"))
                    .isInstanceOf(ProblemDetailException.class);
        }
        assertThat(overload.expectedWait()).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void countsQuestionsAcceptedWithoutRedis() {
        assertThatThrownBy(() -> answering(_ -> {
                            throw new DataAccessResourceFailureException("away");
                        })
                        .accept(turn(), "echo"))
                .isInstanceOf(DataAccessResourceFailureException.class);
        assertThat(overload.expectedWait()).isEqualTo(Duration.ofMillis(9_800));
    }
}
