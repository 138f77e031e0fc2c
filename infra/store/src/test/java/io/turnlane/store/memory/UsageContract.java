package io.turnlane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.Answer;
import io.turnlane.model.SessionCommand.Ask;
import io.turnlane.model.Usage;
import io.turnlane.store.memory.MemoryResult.Fenced;
import io.turnlane.store.memory.SettleResult.Stored;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Contract of the usage of models: each attempt counts once for its turn and its user. */
abstract class UsageContract extends WaitingContract {

    private static final Usage FIRST = new Usage(1, 100, 20, 0.002, "USD");
    private static final Usage BOTH = new Usage(3, 300, 50, 0.005000001, "USD");

    private Usage before = Usage.NONE;

    /** Returns the usage of the session's user today. */
    abstract Usage usageOfUser();

    @BeforeEach
    void readUsage() {
        before = usageOfUser();
    }

    private Usage counted() {
        return usageOfUser().minus(before);
    }

    @Test
    void anAnswersUsageCountsOnce() {
        Ask ask = accepted("?");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        assertThat(commit(flight, ask, FIRST)).isInstanceOf(Stored.class);
        assertThat(counted()).isEqualTo(FIRST);
        assertThat(commit(flight, ask, FIRST)).as("a repeated call").isInstanceOf(Stored.class);
        assertThat(ending(ask, 2).usage()).as("read by a new owner").isEqualTo(FIRST);
        assertThat(counted()).isEqualTo(FIRST);
    }

    @Test
    void anAttemptThatFailedCountsAndTheNextOneKnowsIt() {
        Ask ask = accepted("?");
        FlightRef first = flight(ask, 1);
        assertThat(run(first, ask).usage()).isEqualTo(Usage.NONE);
        memory().fail(first, ERROR, false, FIRST, Map.of());
        memory().fail(first, ERROR, false, FIRST, Map.of());
        assertThat(counted()).isEqualTo(FIRST);
        FlightRef second = flight(ask, 1);
        assertThat(run(second, ask).usage()).isEqualTo(FIRST);
        memory().fail(second, ERROR, true, BOTH, Map.of());
        memory().fail(second, ERROR, true, BOTH, Map.of());
        assertThat(ending(ask, 1).usage()).isEqualTo(BOTH);
        assertThat(counted()).isEqualTo(BOTH);
    }

    @Test
    void anAttemptThatWasCancelledCounts() {
        Ask ask = accepted("?");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        requestCancel(ask);
        memory().cancel(flight, interrupted(ask), false, FIRST, Map.of());
        memory().cancel(flight, interrupted(ask), false, FIRST, Map.of());
        assertThat(ending(ask, 1).usage()).isEqualTo(FIRST);
        assertThat(counted()).isEqualTo(FIRST);
    }

    @Test
    void anAttemptThatWasReleasedCounts() {
        Ask ask = accepted("?");
        FlightRef first = flight(ask, 1);
        begin(first, ask);
        memory().release(first, FIRST);
        memory().release(first, FIRST);
        FlightRef second = flight(ask, 2);
        assertThat(run(second, ask).usage()).isEqualTo(FIRST);
        commit(second, ask, BOTH);
        assertThat(counted()).isEqualTo(BOTH);
    }

    @Test
    void anOutcomeThatIsNotStoredCountsNothing() {
        Ask ask = accepted("?");
        FlightRef frozen = flight(ask, 1);
        begin(frozen, ask);
        begin(flight(ask, 2), ask);
        assertThat(commit(frozen, ask, FIRST)).isEqualTo(new Fenced());
        assertThat(memory().fail(frozen, ERROR, true, FIRST, Map.of())).isEqualTo(new Fenced());
        memory().release(frozen, FIRST);
        assertThat(counted()).isEqualTo(Usage.NONE);
    }

    @Test
    void turnsOfAllSessionsAddUp() {
        Ask ask = accepted("first");
        FlightRef flight = flight(ask, 1);
        begin(flight, ask);
        commit(flight, ask, FIRST);
        Ask next = accepted("second");
        FlightRef second = flight(next, 1);
        begin(second, next);
        commit(second, next, BOTH);
        assertThat(counted()).isEqualTo(FIRST.plus(BOTH));
    }

    private SettleResult commit(FlightRef flight, Ask ask, Usage usage) {
        return memory().commit(flight, past(ask), Answer.ofText("so").withUsage(usage), Map.of());
    }
}
