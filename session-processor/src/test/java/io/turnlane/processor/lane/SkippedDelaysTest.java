package io.turnlane.processor.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Delays that are skipped. Only the delay of the item for which the skip was requested may end early. */
class SkippedDelaysTest {

    private static final LaneCounts NOTHING = new LaneCounts(0, 0, 0);

    private final SteppedExecutor executor = new SteppedExecutor();
    private final ManualDelay delay = new ManualDelay();
    private final List<String> done = new ArrayList<>();

    @Test
    void skipsADelayInProgressAndTheNextOne() {
        int[] tries = {0};
        LaneScheduler<String, String> lanes = scheduler(
                1, (key, item) -> tries[0]++ < 2 ? new LaneOutcome.RunAgain(Duration.ofHours(1)) : finish(key, item));
        lanes.offer("a", "a1");
        executor.step();
        lanes.skipDelay("a", "a1"::equals);
        assertThat(executor.waiting()).as("the delay has ended").isEqualTo(1);
        lanes.skipDelay("a", "a1"::equals);
        executor.runAll();
        assertThat(done).as("no further delay").containsExactly("a1");
    }

    @Test
    void doesNotSkipTheDelayOfTheNextItemIfTheSkippedOneHasLeft() {
        LaneScheduler<String, String> lanes = scheduler(
                1,
                (key, item) -> item.equals("a2") && done.add("try")
                        ? new LaneOutcome.RunAgain(Duration.ofHours(1))
                        : finish(key, item));
        List.of("b1", "a1", "a2").forEach(item -> lanes.offer(item.substring(0, 1), item));
        lanes.submitSideTasks("a", "a1"::equals, (item, ahead) -> List.of(item));
        lanes.skipDelay("a", "a1"::equals);
        executor.stepLast();
        executor.step();
        executor.step();
        assertThat(done).containsExactly("b1", "try");
        assertThat(executor.waiting()).as("its delay is not skipped").isZero();
    }

    @Test
    void skipsTheDelayOfARunningItemThatAWithdrawalMatched() {
        List<LaneScheduler<String, String>> lanes = new ArrayList<>();
        lanes.add(scheduler(1, (key, item) -> {
            boolean leaves =
                    done.isEmpty() && lanes.getFirst().withdraw(any -> true).isEmpty();
            var _ = finish(key, item);
            return leaves ? new LaneOutcome.RunAgain(Duration.ofHours(1)) : LaneOutcome.DONE;
        }));
        lanes.getFirst().offer("a", "a1");
        executor.runAll();
        assertThat(done).as("it runs again at once").containsExactly("a1", "a1");
        assertThat(lanes.getFirst().counts()).isEqualTo(NOTHING);
    }

    @Test
    void doesNotSkipTheDelayOfTheNextItemIfTheSkippedOneEndedWithoutADelay() {
        LaneScheduler<String, String> lanes = scheduler(
                1,
                (key, item) -> item.equals("a2") ? new LaneOutcome.RunAgain(Duration.ofHours(1)) : finish(key, item));
        lanes.offer("a", "a1");
        lanes.offer("a", "a2");
        lanes.skipDelay("a", "a1"::equals);
        executor.runAll();
        assertThat(done).containsExactly("a1");
        assertThat(lanes.load().runs()).as("the next item ran once").isEqualTo(2);
    }

    @Test
    void doesNotSkipTheDelayOfAHeadThatDoesNotMatch() {
        LaneScheduler<String, String> lanes =
                scheduler(1, (key, item) -> new LaneOutcome.RunAgain(Duration.ofHours(1)));
        lanes.offer("a", "a1");
        lanes.offer("a", "a2");
        executor.runAll();
        lanes.skipDelay("a", "a2"::equals);
        assertThat(executor.waiting()).isZero();
        assertThat(lanes.load().readyLanes()).isZero();
    }

    @Test
    void theTimerOfASkippedDelayEndsNoLaterDelay() {
        LaneScheduler<String, String> lanes =
                scheduler(1, (key, item) -> new LaneOutcome.RunAgain(Duration.ofHours(1)));
        lanes.offer("a", "a1");
        executor.runAll();
        delay.pass(Duration.ofMinutes(30));
        lanes.skipDelay("a", "a1"::equals);
        executor.runAll();
        delay.pass(Duration.ofMinutes(30));
        assertThat(executor.waiting()).as("the timer of the first delay").isZero();
        delay.pass(Duration.ofMinutes(30));
        assertThat(executor.waiting()).as("the timer of the last delay").isOne();
    }

    private LaneScheduler<String, String> scheduler(int slots, LaneWork<String, String> work) {
        return new LaneScheduler<>(slots, executor, delay, item -> item, work, (item, e) -> {
            throw new AssertionError(e);
        });
    }

    private LaneOutcome finish(String key, String item) {
        done.add(item);
        return LaneOutcome.DONE;
    }
}
