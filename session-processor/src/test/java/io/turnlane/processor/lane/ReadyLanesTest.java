package io.turnlane.processor.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.processor.Choices;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class ReadyLanesTest {

    private static final int PRIORITIES = 3;

    /** Lane that waits, with its priority and a number in order of arrival. */
    private record WaitingLane(int priority, int number) {}

    /** Queue under test with a simple model of it; checks after every step what must hold. */
    private static final class ObservedLanes {
        private final ReadyLanes<WaitingLane> ready = new ReadyLanes<>();
        private final List<Queue<WaitingLane>> model =
                List.of(new ArrayDeque<>(), new ArrayDeque<>(), new ArrayDeque<>());
        private final int[] overtaken = new int[PRIORITIES];
        private final int[] left = new int[PRIORITIES];
        private int added;

        void add(int priority) {
            WaitingLane one = new WaitingLane(priority, added++);
            ready.add(one, priority);
            model.get(priority).add(one);
        }

        void remove(int priority) {
            WaitingLane first = model.get(priority).poll();
            if (first != null) {
                ready.remove(first);
                overtaken[priority] = 0;
            }
        }

        void poll() {
            WaitingLane next = ready.poll();
            if (next == null) {
                assertThat(model)
                        .as("no lane waits")
                        .allSatisfy(priority -> assertThat(priority).isEmpty());
                return;
            }
            assertThat(next)
                    .as("in order of arrival within its priority")
                    .isEqualTo(model.get(next.priority()).remove());
            left[next.priority()]++;
            for (int priority = 0; priority < PRIORITIES; priority++) {
                overtaken[priority] =
                        priority == next.priority() || model.get(priority).isEmpty() ? 0 : overtaken[priority] + 1;
                assertThat(overtaken[priority])
                        .as("priority %d starves", priority)
                        .isLessThanOrEqualTo(maxBefore(priority));
            }
        }

        /** Returns the maximum number of lanes of other priorities that can leave before the first of this priority. */
        private static int maxBefore(int priority) {
            int max = 0;
            for (int other = 0; other < PRIORITIES; other++) {
                max += other == priority ? 0 : ReadyLanes.STRIDES[priority] / ReadyLanes.STRIDES[other] + 1;
            }
            return max;
        }
    }

    @Test
    void keepsOrderAndStarvesNoPriorityInEverySequence() {
        long runs = Choices.explore(choices -> {
            ObservedLanes lanes = new ObservedLanes();
            for (int i = 0; i < 8; i++) {
                int choice = choices.choose(PRIORITIES + 2);
                if (choice < PRIORITIES) {
                    lanes.add(choice);
                } else if (choice == PRIORITIES) {
                    lanes.poll();
                } else {
                    lanes.remove(1);
                }
            }
        });
        assertThat(runs).isEqualTo((long) Math.pow(5, 8));
    }

    @Test
    void sharesSlotsByPriorityWhileAllWait() {
        ObservedLanes lanes = new ObservedLanes();
        for (int i = 0; i < 1_300; i++) {
            for (int priority = 0; priority < PRIORITIES; priority++) {
                lanes.add(priority);
            }
        }
        for (int i = 0; i < 1_300; i++) {
            lanes.poll();
        }
        assertThat(lanes.left[0]).isBetween(899, 901);
        assertThat(lanes.left[1]).isBetween(299, 301);
        assertThat(lanes.left[2]).isBetween(99, 101);
    }

    @Test
    void starvesNoPriorityInRandomSequences() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("ReadyLanesTest seed " + seed);
        Random random = new Random(seed);
        IntUnaryOperator mostlyFew = max -> random.nextInt(1 + random.nextInt(max));
        for (int round = 0; round < 200; round++) {
            ObservedLanes lanes = new ObservedLanes();
            for (int step = 0; step < 500; step++) {
                for (int priority = 0; priority < PRIORITIES; priority++) {
                    for (int i = mostlyFew.applyAsInt(4); i > 0; i--) {
                        lanes.add(priority);
                    }
                }
                for (int i = mostlyFew.applyAsInt(12); i > 0; i--) {
                    lanes.poll();
                }
            }
        }
    }

    @Test
    void prefersTheHigherPriorityIfBothAreDue() {
        ObservedLanes lanes = new ObservedLanes();
        for (int priority = PRIORITIES - 1; priority >= 0; priority--) {
            lanes.add(priority);
        }
        lanes.poll();
        assertThat(lanes.left).containsExactly(1, 0, 0);
        lanes.poll();
        assertThat(lanes.left).containsExactly(1, 1, 0);
    }

    @Test
    void givesAllSlotsToAPriorityThatWaitsAlone() {
        ObservedLanes lanes = new ObservedLanes();
        for (int i = 0; i < 100; i++) {
            lanes.add(2);
            lanes.poll();
        }
        lanes.add(0);
        lanes.add(2);
        lanes.poll();
        assertThat(lanes.left)
                .as("the priority that had all slots owes at most one stride")
                .containsExactly(1, 0, 100);
    }
}
