package io.turnlane.gateway.guard.admission;

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

/** Ten slots and turns of 2 s give five turns a second. The limit of the expected wait is 10 s. */
class OverloadGuardTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
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
            LIMIT,
            () -> now,
            new SimpleMeterRegistry());

    ProcessorStatistics processor(ProcessorState state, long lag, SlotStatistics places) {
        return new ProcessorStatistics(
                "p",
                "http://127.0.0.1:1",
                now,
                state,
                List.of(),
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
                Map.of(),
                Duration.ZERO,
                0L,
                List.of(),
                Duration.ZERO);
    }

    private void report(int free, int ready, long lag, Duration runTime) {
        alive = List.of(processor(ProcessorState.RUNNING, lag, new SlotStatistics(10, free, ready, runTime)));
        overload.refresh();
    }

    private boolean admits() {
        try {
            overload.admit();
            return true;
        } catch (ProblemDetailException rejection) {
            assertThat(rejection.code()).isEqualTo(ErrorCode.OVERLOADED);
            return false;
        }
    }

    @Test
    void rejectsWhileTheBacklogTakesLongerThanTheLimit() {
        report(0, 20, 20, TWO_SECONDS);
        assertThat(overload.expectedWait()).isEqualTo(Duration.ofSeconds(8));
        assertThat(admits()).isTrue();
        report(0, 20, 80, TWO_SECONDS);
        assertThat(overload.expectedWait()).isGreaterThanOrEqualTo(Duration.ofSeconds(20));
        assertThatThrownBy(overload::admit)
                .isInstanceOfSatisfying(
                        ProblemDetailException.class,
                        rejection -> assertThat(rejection.retryAfter())
                                .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(12)));
        report(0, 5, 0, TWO_SECONDS);
        assertThat(admits()).isTrue();
    }

    @Test
    void admitsWhileOneSessionWaitsForItsOwnTurnsAndSlotsAreFree() {
        // 99 turns wait behind the first turn of their own session, for five minutes already. Slots are free.
        report(9, 0, 0, Duration.ofMinutes(5));
        assertThat(admits()).isTrue();
        assertThat(overload.expectedWait()).isZero();
    }

    @Test
    void countsTurnsAdmittedSinceTheStatisticsWereTaken() {
        report(0, 45, 0, TWO_SECONDS);
        int admitted = 0;
        while (admits()) {
            admitted++;
        }
        assertThat(admitted).as("up to a wait of ten seconds").isBetween(5, 7);
        now = now.plusSeconds(1);
        assertThat(admits()).as("five more turns have begun since").isTrue();
        report(0, 46, 0, TWO_SECONDS);
        assertThat(overload.expectedWait())
                .as("turns in the statistics are not counted twice")
                .isLessThan(LIMIT);
    }

    @Test
    void admitsEverythingIfNothingIsKnown() {
        assertThat(admits()).isTrue();
        report(0, 1_000, 1_000_000, null);
        assertThatCode(overload::admit).as("no turn has ended yet").doesNotThrowAnyException();
        report(0, 1_000, 0, TWO_SECONDS);
        assertThat(admits()).isFalse();
        away = true;
        overload.refresh();
        assertThat(admits()).as("recent statistics still apply").isFalse();
        now = now.plusSeconds(6);
        assertThat(admits()).as("old statistics are ignored").isTrue();
    }

    @Test
    void ignoresProcessorsThatAreDraining() {
        alive = List.of(
                processor(ProcessorState.DRAINING, 500, new SlotStatistics(1_000, 1_000, 0, TWO_SECONDS)),
                processor(ProcessorState.RUNNING, 0, new SlotStatistics(10, 0, 60, TWO_SECONDS)));
        overload.refresh();
        assertThat(admits()).isFalse();
    }
}
