package io.turnlane.processor.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LaneSchedulerTest {

    private static final LaneCounts NOTHING = new LaneCounts(0, 0, 0);

    private final SteppedExecutor executor = new SteppedExecutor();
    private final ManualDelay delay = new ManualDelay();
    private final List<String> done = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();

    @Test
    void runsTheItemsOfOneKeyInOrderAndOneAtATime() {
        LaneScheduler<String, String> lanes = scheduler(10, this::finish);
        assertThat(lanes.offer("a", "a1")).isEqualTo(new OfferResult(0, true, false));
        assertThat(lanes.offer("a", "a2")).isEqualTo(new OfferResult(1, false, false));
        assertThat(lanes.offer("a", "a3")).isEqualTo(new OfferResult(2, false, false));
        assertThat(executor.waiting()).as("one thread for each key").isEqualTo(1);

        executor.runAll();
        assertThat(done).containsExactly("a1", "a2", "a3");
        assertThat(lanes.counts()).isEqualTo(NOTHING);
    }

    @Test
    void rejectsADuplicateOfAnItemThatItHolds() {
        LaneScheduler<String, String> lanes = scheduler(1, this::finish);
        lanes.offer("a", "a1");
        lanes.offer("a", "a2");
        assertThat(lanes.offer("a", "a2").duplicate()).isTrue();
        assertThat(lanes.offer("a", "a1").duplicate()).as("while the item runs").isTrue();
        executor.runAll();
        assertThat(done).containsExactly("a1", "a2");
        assertThat(lanes.offer("a", "a1").duplicate())
                .as("after the item has left its lane")
                .isFalse();
    }

    private record Delivered(String id, int offset) {}

    @Test
    void keepsALaterDeliveryOfAnItemThatASideTaskEnds() {
        List<Integer> ran = new ArrayList<>();
        LaneScheduler<String, Delivered> lanes = new LaneScheduler<>(
                1,
                executor,
                delay,
                Delivered::id,
                (_, item) -> {
                    ran.add(item.offset());
                    return LaneOutcome.DONE;
                },
                (_, e) -> failures.add(e));
        Delivered first = new Delivered("a1", 1);
        lanes.offer("a", first);
        executor.runAll();
        Delivered behind = new Delivered("a2", 3);
        lanes.offer("a", new Delivered("a0", 2));
        lanes.offer("a", behind);
        lanes.offer("a", new Delivered("a1", 4));
        lanes.submitSideTask("a", behind, (_, _) -> List.of(first));

        executor.runAll();

        assertThat(ran).containsExactly(1, 2, 3, 4);
        assertThat(failures).isEmpty();
    }

    @Test
    void theOldestWaitingItemIsNotRunning() {
        Map<String, Instant> times = new HashMap<>();
        List.of("a1", "b1", "a2", "b2", "c1").forEach(item -> times.put(item, Instant.ofEpochSecond(times.size())));
        LaneScheduler<String, String> lanes = scheduler(2, this::finish);
        assertThat(lanes.oldestWaiting(times::get)).isEmpty();
        List.of("a1", "b1").forEach(item -> lanes.offer(item.substring(0, 1), item));
        assertThat(lanes.oldestWaiting(times::get)).as("both items run").isEmpty();
        List.of("a2", "b2", "c1").forEach(item -> lanes.offer(item.substring(0, 1), item));
        assertThat(lanes.oldestWaiting(times::get)).contains(times.get("a2"));
        executor.step();
        assertThat(lanes.oldestWaiting(times::get))
                .as("a2 waits for a slot behind c1")
                .contains(times.get("a2"));
        executor.runAll();
        assertThat(lanes.oldestWaiting(times::get)).isEmpty();
    }

    @Test
    void neverMakesOneKeyWaitForAnother() {
        LaneScheduler<String, String> lanes = scheduler(10, this::finish);
        List.of("a1", "b1", "a2", "c1").forEach(item -> lanes.offer(item.substring(0, 1), item));
        assertThat(executor.waiting()).isEqualTo(3);
    }

    @Test
    void runsReadyLanesInTurnIfSlotsAreScarce() {
        LaneScheduler<String, String> lanes = scheduler(1, this::finish);
        List.of("a1", "a2", "a3", "b1", "c1").forEach(item -> lanes.offer(item.substring(0, 1), item));
        executor.runAll();
        assertThat(done).containsExactly("a1", "b1", "c1", "a2", "a3");
    }

    @Test
    void keepsARetriedItemAtTheHeadOfItsLaneWithoutHoldingAThread() {
        Set<String> failed = new HashSet<>(List.of("a1"));
        LaneScheduler<String, String> lanes = scheduler(
                1,
                (key, item) ->
                        failed.remove(item) ? new LaneOutcome.RunAgain(Duration.ofSeconds(2)) : finish(key, item));
        lanes.offer("a", "a1");
        lanes.offer("a", "a2");
        lanes.offer("b", "b1");
        executor.runAll();
        assertThat(done).as("only the other lane continues").containsExactly("b1");

        delay.pass(Duration.ofMillis(1999));
        assertThat(executor.waiting()).isZero();
        delay.pass(Duration.ofMillis(1));
        executor.runAll();
        assertThat(done).containsExactly("b1", "a1", "a2");
        assertThat(lanes.counts()).isEqualTo(NOTHING);
    }

    @Test
    void withdrawsWaitingItemsButNotARunningOne() {
        LaneScheduler<String, String> lanes = scheduler(1, this::finish);
        List.of("a1", "a2", "b1").forEach(item -> lanes.offer(item.substring(0, 1), item));
        assertThat(lanes.withdraw(item -> true)).containsExactlyInAnyOrder("a2", "b1");
        lanes.offer("a", "a3");
        executor.runAll();
        assertThat(done)
                .as("an item that comes back waits for the one that still runs")
                .containsExactly("a1", "a3");
        assertThat(lanes.counts()).isEqualTo(NOTHING);
    }

    @Test
    void continuesAfterADelayedHeadWasWithdrawn() {
        LaneScheduler<String, String> lanes = scheduler(
                1,
                (key, item) -> item.equals("a1") ? new LaneOutcome.RunAgain(Duration.ofSeconds(1)) : finish(key, item));
        lanes.offer("a", "a1");
        lanes.offer("a", "a2");
        executor.step();
        assertThat(lanes.withdraw("a1"::equals)).containsExactly("a1");
        executor.runAll();
        assertThat(done).containsExactly("a2");
        delay.pass(Duration.ofSeconds(1));
        assertThat(lanes.counts()).isEqualTo(NOTHING);
    }

    @Test
    void runsSideTasksOfWaitingItemsInOrderWhileTheHeadRuns() {
        LaneScheduler<String, String> lanes = scheduler(1, this::finish);
        List.of("a1", "a2", "a3", "b1").forEach(item -> lanes.offer(item.substring(0, 1), item));
        List<String> aheads = new ArrayList<>();
        assertThat(lanes.submitSideTasks("a", item -> !item.equals("a3"), (item, ahead) -> {
                    aheads.add(item + " behind " + ahead);
                    return List.of(item);
                }))
                .as("no side task for the running item")
                .isEqualTo(1);
        lanes.submitSideTasks("a", "a3"::equals, (item, ahead) -> {
            aheads.add(item + " behind " + ahead);
            return List.of();
        });
        executor.stepLast();
        executor.stepLast();
        assertThat(aheads).containsExactly("a2 behind [a1]", "a3 behind [a1]");
        executor.runAll();
        assertThat(done).as("the item that ended has left its lane").containsExactly("a1", "b1", "a3");
        assertThat(lanes.counts()).isEqualTo(NOTHING);
    }

    @Test
    void doesNotStartAnItemBeforeItsSideTaskHasEnded() throws InterruptedException {
        LaneScheduler<String, String> lanes = scheduler(1, this::finish);
        lanes.offer("a", "a1");
        lanes.offer("a", "a2");
        lanes.submitSideTasks("a", "a2"::equals, (item, ahead) -> {
            done.add("side task");
            return List.of();
        });
        executor.step();
        assertThat(done).containsExactly("a1");
        assertThat(lanes.counts().running()).as("its lane is blocked").isZero();
        assertThat(lanes.awaitIdle(Duration.ZERO)).isFalse();
        assertThat(lanes.withdraw(item -> true))
                .as("an item whose side task runs is not withdrawn")
                .isEmpty();
        executor.runAll();
        assertThat(done).containsExactly("a1", "side task", "a2");
        assertThat(lanes.counts()).isEqualTo(NOTHING);
    }

    @Test
    void runsASideTaskOfOneItemOnlyIfItWaits() {
        LaneScheduler<String, String> lanes = scheduler(1, this::finish);
        List.of("a1", "a2", "a3").forEach(item -> lanes.offer("a", item));
        List<String> aheads = new ArrayList<>();
        for (String item : List.of("a1", "a3", "gone")) {
            lanes.submitSideTask("a", item, (one, ahead) -> {
                aheads.add(one + " behind " + ahead);
                return List.of(one, one);
            });
        }
        executor.stepLast();
        assertThat(aheads).containsExactly("a3 behind [a1, a2]");
        assertThat(lanes.counts().items()).isEqualTo(2);
        executor.runAll();
        assertThat(done).containsExactly("a1", "a2");
        assertThat(lanes.counts()).isEqualTo(NOTHING);
    }

    @Test
    void prefersLanesThatHoldAnItemOfHighPriorityIfSlotsAreScarce() {
        LaneScheduler<String, String> lanes = prioritising();
        List.of("a1", "b1", "c1", "c2!", "d1!").forEach(item -> lanes.offer(item.substring(0, 1), item));
        executor.runAll();
        assertThat(done).containsExactly("a1", "c1", "d1!", "c2!", "b1");
    }

    @Test
    void runsALaneAtThePriorityOfTheItemsThatItStillHolds() {
        LaneScheduler<String, String> lanes = prioritising();
        List.of("x1", "a1!", "a2", "b1").forEach(item -> lanes.offer(item.substring(0, 1), item));
        executor.runAll();
        assertThat(done)
                .as("after its item of high priority, the lane waits like every other one")
                .containsExactly("x1", "a1!", "b1", "a2");
    }

    @Test
    void keepsThePositionOfALaneThatReceivesAnotherItemWhileItWaitsForASlot() {
        LaneScheduler<String, String> lanes = scheduler(1, this::finish);
        List.of("x1", "a1", "b1", "a2").forEach(item -> lanes.offer(item.substring(0, 1), item));
        executor.runAll();
        assertThat(done).containsExactly("x1", "a1", "b1", "a2");
    }

    @Test
    void dropsTheSideTasksOfAnItemThatHasLeft() {
        LaneScheduler<String, String> lanes = scheduler(1, this::finish);
        List.of("a1", "a2", "a3").forEach(item -> lanes.offer("a", item));
        List<String> ran = new ArrayList<>();
        SideTask<String> task = (item, ahead) -> {
            ran.add(item);
            return List.of();
        };
        lanes.submitSideTasks("a", item -> !item.equals("a1"), task);
        assertThat(lanes.withdraw("a3"::equals)).containsExactly("a3");
        executor.runAll();
        assertThat(ran).containsExactly("a2");
        assertThat(done).containsExactly("a1", "a2");
    }

    @Test
    void continuesAfterWorkThatThrew() {
        LaneScheduler<String, String> lanes = scheduler(1, (key, item) -> {
            if (item.equals("a1")) {
                throw new IllegalStateException("broken");
            }
            return finish(key, item);
        });
        lanes.offer("a", "a1");
        lanes.offer("a", "a2");
        executor.runAll();
        assertThat(done).containsExactly("a2");
        assertThat(failures).hasSize(1);
    }

    @Test
    void startsNothingAfterDispatchingWasStopped() throws InterruptedException {
        LaneScheduler<String, String> lanes = scheduler(10, this::finish);
        lanes.offer("a", "a1");
        lanes.offer("a", "a2");
        lanes.stopDispatching();
        assertThat(lanes.awaitIdle(Duration.ZERO)).isFalse();
        executor.runAll();
        assertThat(lanes.awaitIdle(Duration.ZERO)).isTrue();
        assertThat(done).containsExactly("a1");
        assertThat(lanes.withdraw(item -> true)).containsExactly("a2");
    }

    /**
     * Runs random sequences of offers, steps, delays, side tasks and withdrawals. The order of each key must be kept,
     * and no item may be lost, stuck or left over.
     */
    @Test
    void keepsOrderAndLosesNothingInRandomSequences() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("LaneSchedulerTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            runOneRandomSequence(random, "seed " + seed + ", round " + round);
        }
    }

    private void runOneRandomSequence(Random random, String what) {
        Map<String, List<Integer>> seen = new HashMap<>();
        Set<Integer> gone = new HashSet<>();
        LaneScheduler<String, Integer> lanes = new LaneScheduler<>(
                1 + random.nextInt(3),
                executor,
                delay,
                item -> item,
                (key, item) -> {
                    if (random.nextInt(4) == 0) {
                        return new LaneOutcome.RunAgain(Duration.ofMillis(random.nextInt(20)));
                    }
                    seen.computeIfAbsent(key, any -> new ArrayList<>()).add(item);
                    return LaneOutcome.DONE;
                },
                (item, e) -> failures.add(e));
        int offered = 0;
        for (int i = 0; i < 200; i++) {
            switch (random.nextInt(7)) {
                case 0, 1 -> lanes.offer("k" + random.nextInt(4), offered++);
                case 2 -> {
                    if (executor.waiting() > 0) {
                        executor.step(random);
                    }
                }
                case 3 -> delay.pass(Duration.ofMillis(random.nextInt(10)));
                case 5 -> {
                    int one = random.nextInt(offered + 1);
                    boolean ends = random.nextBoolean();
                    lanes.submitSideTasks("k" + random.nextInt(4), item -> item == one, (item, ahead) -> {
                        if (ends) {
                            gone.add(item);
                        }
                        return ends ? List.of(item) : List.of();
                    });
                }
                case 6 -> lanes.skipDelay("k" + random.nextInt(4), item -> true);
                default -> {
                    int one = random.nextInt(offered + 1);
                    gone.addAll(lanes.withdraw(item -> item == one));
                }
            }
        }
        for (int i = 0; i < 10_000 && lanes.counts().items() > 0; i++) {
            executor.runAll();
            delay.pass(Duration.ofMillis(20));
        }
        assertThat(lanes.counts()).as(what).isEqualTo(NOTHING);
        assertThat(seen.values())
                .as(what)
                .allSatisfy(items -> assertThat(items).isSorted().doesNotHaveDuplicates());
        Set<Integer> all = new HashSet<>(gone);
        seen.values().forEach(all::addAll);
        assertThat(all)
                .as(what)
                .hasSize(offered)
                .containsAll(IntStream.range(0, offered).boxed().toList());
        assertThat(failures).isEmpty();
        delay.pass(Duration.ofMinutes(1));
        assertThat(delay.waiting()).isZero();
    }

    private LaneScheduler<String, String> scheduler(int slots, LaneWork<String, String> work) {
        return new LaneScheduler<>(slots, executor, delay, item -> item, work, (item, e) -> failures.add(e));
    }

    /** Returns a scheduler with one slot, in which items with an exclamation mark have high priority. */
    private LaneScheduler<String, String> prioritising() {
        return new LaneScheduler<>(
                1,
                executor,
                delay,
                item -> item,
                item -> item.endsWith("!") ? 0 : 1,
                this::finish,
                (item, e) -> failures.add(e));
    }

    private LaneOutcome finish(String key, String item) {
        done.add(item);
        return LaneOutcome.DONE;
    }
}
