package io.turnlane.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.ProcessorState;
import io.turnlane.model.ProcessorStatistics;
import io.turnlane.model.ProcessorStatistics.SlotStatistics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

/** Ten places and turns of 2 s: five turns a second. A wait of 10 s is the bound. */
class OverloadGuardTest {

    private static final Duration BOUND = Duration.ofSeconds(10);
    private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

    private Instant now = Instant.parse("2026-11-21T06:00:00Z");
    private List<ProcessorStatistics> alive = List.of();
    private boolean away;
    private final OverloadGuard overload = new OverloadGuard(
            () -> {
                if (away) {
                    throw new DataAccessResourceFailureException("away");
                }
                return alive;
            },
            () -> 1,
            BOUND,
            () -> now,
            new SimpleMeterRegistry());

    ProcessorStatistics processor(ProcessorState state, long lag, SlotStatistics places) {
        return new ProcessorStatistics(
                "p",
                "http://127.0.0.1:1",
                now,
                state,
                List.of(),
                0,
                0,
                0,
                1,
                lag,
                Duration.ofMinutes(5),
                0,
                0,
                0,
                new ProcessorStatistics.CacheStatistics(0, 1, 0, 0),
                "",
                Duration.ZERO,
                places,
                Map.of());
    }

    private void seen(int free, int ready, long lag, Duration runTime) {
        alive = List.of(processor(ProcessorState.RUNNING, lag, new SlotStatistics(10, free, ready, runTime)));
        overload.refresh();
    }

    private boolean admits() {
        try {
            overload.admit();
            return true;
        } catch (ProblemDetailException refusal) {
            assertThat(refusal.code()).isEqualTo(ErrorCode.OVERLOADED);
            return false;
        }
    }

    @Test
    void refusesWhereTheBacklogTakesLongerThanTheBound() {
        seen(0, 20, 20, TWO_SECONDS);
        assertThat(overload.expectedWait()).isEqualTo(Duration.ofSeconds(8));
        assertThat(admits()).isTrue();
        seen(0, 20, 80, TWO_SECONDS);
        assertThat(overload.expectedWait()).isGreaterThanOrEqualTo(Duration.ofSeconds(20));
        assertThatThrownBy(overload::admit)
                .isInstanceOfSatisfying(
                        ProblemDetailException.class,
                        refusal -> assertThat(refusal.retryAfter())
                                .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(12)));
        seen(0, 5, 0, TWO_SECONDS);
        assertThat(admits()).isTrue();
    }

    @Test
    void aSessionThatWaitsForItselfAndASlowAgentAreNoOverload() {
        // 99 turns behind their own session's first, for five minutes already; places are free.
        seen(9, 0, 0, Duration.ofMinutes(5));
        assertThat(admits()).isTrue();
        assertThat(overload.expectedWait()).isZero();
    }

    @Test
    void countsWhatItTookItselfSinceTheFiguresWereTaken() {
        seen(0, 45, 0, TWO_SECONDS);
        int taken = 0;
        while (admits()) {
            taken++;
        }
        assertThat(taken).as("to a wait of ten seconds and no further").isBetween(5, 7);
        now = now.plusSeconds(1);
        assertThat(admits()).as("five more were begun meanwhile").isTrue();
        seen(0, 46, 0, TWO_SECONDS);
        assertThat(overload.expectedWait())
                .as("what the figures hold isn't counted twice")
                .isLessThan(BOUND);
    }

    @Test
    void takesEverythingWhereNothingIsKnown() {
        assertThat(admits()).isTrue();
        seen(0, 1_000, 1_000_000, null);
        assertThatCode(overload::admit).as("nobody has ended a turn yet").doesNotThrowAnyException();
        seen(0, 1_000, 0, TWO_SECONDS);
        assertThat(admits()).isFalse();
        away = true;
        overload.refresh();
        assertThat(admits()).as("figures of a moment ago still count").isFalse();
        now = now.plusSeconds(6);
        assertThat(admits()).as("old figures say nothing").isTrue();
    }

    @Test
    void whoLeavesCountsForNothing() {
        alive = List.of(
                processor(ProcessorState.DRAINING, 500, new SlotStatistics(1_000, 1_000, 0, TWO_SECONDS)),
                processor(ProcessorState.RUNNING, 0, new SlotStatistics(10, 0, 60, TWO_SECONDS)));
        overload.refresh();
        assertThat(admits()).isFalse();
    }
}
