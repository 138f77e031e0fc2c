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

    private static final int KINDS = 3;

    /** Who waits: its urgency, and the place among its like. */
    private record WaitingLane(int urgency, int number) {}

    /** A queue beside a plain model, with what must hold after every step. */
    private static final class ObservedLanes {
        private final ReadyLanes<WaitingLane> ready = new ReadyLanes<>();
        private final List<Queue<WaitingLane>> model =
                List.of(new ArrayDeque<>(), new ArrayDeque<>(), new ArrayDeque<>());
        private final int[] passedBy = new int[KINDS];
        private final int[] gone = new int[KINDS];
        private int made;

        void add(int urgency) {
            WaitingLane one = new WaitingLane(urgency, made++);
            ready.add(one, urgency);
            model.get(urgency).add(one);
        }

        void remove(int urgency) {
            WaitingLane first = model.get(urgency).poll();
            if (first != null) {
                ready.remove(first);
                passedBy[urgency] = 0;
            }
        }

        void poll() {
            WaitingLane next = ready.poll();
            if (next == null) {
                assertThat(model)
                        .as("nobody waits")
                        .allSatisfy(kind -> assertThat(kind).isEmpty());
                return;
            }
            assertThat(next)
                    .as("in the order of arrival among its like")
                    .isEqualTo(model.get(next.urgency()).remove());
            gone[next.urgency()]++;
            for (int kind = 0; kind < KINDS; kind++) {
                passedBy[kind] = kind == next.urgency() || model.get(kind).isEmpty() ? 0 : passedBy[kind] + 1;
                assertThat(passedBy[kind])
                        .as("urgency %d starves", kind)
                        .isLessThanOrEqualTo(ReadyLanes.maxBefore(kind));
            }
        }
    }

    @Test
    void keepsItsPromisesInEveryOrderOfEvents() {
        long runs = Choices.explore(choices -> {
            ObservedLanes watched = new ObservedLanes();
            for (int i = 0; i < 8; i++) {
                int what = choices.choose(KINDS + 2);
                if (what < KINDS) {
                    watched.add(what);
                } else if (what == KINDS) {
                    watched.poll();
                } else {
                    watched.remove(1);
                }
            }
        });
        assertThat(runs).isEqualTo((long) Math.pow(5, 8));
    }

    @Test
    void sharesPlacesByUrgencyWhileAllWait() {
        ObservedLanes watched = new ObservedLanes();
        for (int i = 0; i < 1_300; i++) {
            for (int kind = 0; kind < KINDS; kind++) {
                watched.add(kind);
            }
        }
        for (int i = 0; i < 1_300; i++) {
            watched.poll();
        }
        assertThat(watched.gone[0]).isBetween(899, 901);
        assertThat(watched.gone[1]).isBetween(299, 301);
        assertThat(watched.gone[2]).isBetween(99, 101);
    }

    @Test
    void letsNobodyStarveHoweverTheOthersComeAndGo() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("ReadyLanesTest seed " + seed);
        Random random = new Random(seed);
        IntUnaryOperator oftenFew = most -> random.nextInt(1 + random.nextInt(most));
        for (int round = 0; round < 200; round++) {
            ObservedLanes watched = new ObservedLanes();
            for (int step = 0; step < 500; step++) {
                for (int kind = 0; kind < KINDS; kind++) {
                    for (int i = oftenFew.applyAsInt(4); i > 0; i--) {
                        watched.add(kind);
                    }
                }
                for (int i = oftenFew.applyAsInt(12); i > 0; i--) {
                    watched.poll();
                }
            }
        }
    }

    @Test
    void givesAllPlacesToWhoeverWaitsAlone() {
        ObservedLanes watched = new ObservedLanes();
        for (int i = 0; i < 100; i++) {
            watched.add(2);
            watched.poll();
        }
        watched.add(0);
        watched.add(2);
        watched.poll();
        assertThat(watched.gone)
                .as("who had all places has saved up no debt beyond a stride")
                .containsExactly(1, 0, 100);
    }
}
