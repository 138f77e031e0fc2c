package io.turnlane.processor.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.processor.memory.MemoryUnavailableException;
import io.turnlane.processor.memory.SessionRestore.RestoreResult;
import io.turnlane.processor.rebuild.recall.RecallLimits;
import io.turnlane.processor.turn.FakeClaims;
import io.turnlane.processor.turn.Turn.Claim;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which partitions wait, for what, and for how long. Work runs when the test says so. */
class MemoryLossDetectorTest {

    private static final Duration WAIT = Duration.ofSeconds(60);

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final FakeMarkers markers = new FakeMarkers();
    private final Partition one = new Partition(1);
    private final Partition other = new Partition(2);
    private Instant now = Instant.EPOCH;
    private int passes;
    private boolean wholeTooEarly;
    private final InstantSource clock = () -> now;
    private final RebuildKit kit = new RebuildKit(
            new RebuildKit.RebuildPorts(
                    (partition, listener, goOn) -> {
                        passes++;
                        wholeTooEarly |= markers.digest.equals(markers.whole.get(partition));
                        return true;
                    },
                    (recalled, fence, partition, wantedBy) -> new RestoreResult(false, 0),
                    markers,
                    report -> {}),
            new RecallLimits(1, 1, 1),
            new RebuildKit.RebuildEnvironment("p", clock, this::pause, new Semaphore(2)));
    private final MemoryLossDetector watch =
            new MemoryLossDetector(markers, new PartitionRebuild(kit), tasks::add, clock, WAIT);

    private static final class FakeMarkers implements LossMarkers {
        private String digest = "first";
        private final Map<Integer, String> whole = new HashMap<>(Map.of(1, "first", 2, "first"));
        private boolean away;

        @Override
        public MarkerState readOrCreate(Collection<Integer> partitions) {
            if (away) {
                throw new MemoryUnavailableException("away", null);
            }
            return new MarkerState(digest, Map.copyOf(whole));
        }

        @Override
        public void storeIntact(RebuildReport report) {
            if (away) {
                throw new MemoryUnavailableException("away", null);
            }
            whole.put(report.partition(), report.digest());
        }
    }

    private static final class Partition implements HeldPartition {
        private final int number;
        private boolean held = true;

        Partition(int number) {
            this.number = number;
        }

        @Override
        public int number() {
            return number;
        }

        @Override
        public boolean held() {
            return held;
        }

        @Override
        public long fence() {
            return 1;
        }

        @Override
        public void renewFence() {}

        @Override
        public boolean isDone(long offset) {
            return true;
        }
    }

    private void pause(Duration time) {
        now = now.plus(time);
        markers.away = false;
    }

    private static Claim of(Partition partition) {
        return FakeClaims.of(partition);
    }

    @BeforeEach
    void adopt() {
        watch.partitionsAssigned(List.of(one, other));
    }

    private void runAll() {
        while (!tasks.isEmpty()) {
            tasks.removeFirst().run();
        }
    }

    @Test
    void letsTurnsWaitUntilItHasLooked() {
        assertThat(watch.isReady(of(one))).isFalse();
        runAll();
        assertThat(watch.isReady(of(one))).isTrue();
        assertThat(passes).as("nothing was lost").isZero();
    }

    @Test
    void letsOnlyThePartitionWaitWhoseMemoryWasLost() {
        runAll();
        markers.whole.remove(1);
        watch.checkMarkers();
        assertThat(watch.isReady(of(one))).isFalse();
        assertThat(watch.isReady(of(other))).isTrue();
        runAll();
        assertThat(watch.isReady(of(one))).isTrue();
        assertThat(passes).isEqualTo(1);
    }

    @Test
    void rebuildsAllWhereAMarkerIsNew() {
        runAll();
        markers.digest = "second";
        watch.checkMarkers();
        watch.checkMarkers();
        runAll();
        assertThat(passes).as("each once").isEqualTo(2);
        watch.checkMarkers();
        assertThat(tasks).isEmpty();
    }

    @Test
    void letsTurnsGoOnAfterAWhileWithWhatThereIs() {
        runAll();
        markers.whole.remove(1);
        watch.checkMarkers();
        now = now.plus(WAIT.minusMillis(1));
        assertThat(watch.isReady(of(one))).isFalse();
        now = now.plusMillis(1);
        assertThat(watch.isReady(of(one))).isTrue();
    }

    @Test
    void looksAtTheLogAfterARestartButLetsNoTurnWaitLong() {
        runAll();
        markers.digest = "first.another process";
        watch.checkMarkers();
        now = now.plusMillis(4999);
        assertThat(watch.isReady(of(one))).isFalse();
        now = now.plusMillis(1);
        assertThat(watch.isReady(of(one))).isTrue();
        runAll();
        assertThat(passes).isEqualTo(2);
        watch.checkMarkers();
        assertThat(tasks).isEmpty();
    }

    @Test
    void letsTurnsWaitAsLongAsEverWhereMoreThanARestartIsSeen() {
        runAll();
        markers.digest = "first.another process";
        watch.checkMarkers();
        markers.digest = "second.another process";
        watch.checkMarkers();
        now = now.plus(WAIT.minusMillis(1));
        assertThat(watch.isReady(of(one))).isFalse();
    }

    @Test
    void letsTurnsWaitWhileNobodyCanTell() {
        runAll();
        markers.away = true;
        watch.checkMarkers();
        now = now.plus(WAIT.multipliedBy(10));
        assertThat(watch.isReady(of(one))).isFalse();
        markers.away = false;
        watch.checkMarkers();
        assertThat(watch.isReady(of(one))).isTrue();
    }

    @Test
    void saysThatAPartitionIsWholeOnlyWhenAllIsDone() {
        runAll();
        markers.whole.remove(1);
        watch.checkMarkers();
        markers.away = true; // until the first pause
        runAll();
        assertThat(wholeTooEarly).isFalse();
        assertThat(markers.whole).containsEntry(1, "first");
        assertThat(watch.isReady(of(one))).isTrue();
    }

    @Test
    void findsALossWhileItRebuildsAtTheNextLook() {
        runAll();
        markers.whole.remove(1);
        watch.checkMarkers();
        runAll();
        markers.digest = "second";
        watch.checkMarkers();
        assertThat(watch.isReady(of(one))).isFalse();
    }

    @Test
    void believesATurnThatMissesASessionItKnowsButNotForEver() {
        runAll();
        assertThat(watch.reportMissing(of(one), false))
                .as("its record alone proves nothing")
                .isFalse();
        assertThat(watch.reportMissing(of(one), true)).isTrue();
        runAll();
        assertThat(passes).isEqualTo(1);
        assertThat(watch.reportMissing(of(one), true))
                .as("the log holds no more of it")
                .isFalse();
        now = now.plus(WAIT);
        assertThat(watch.reportMissing(of(one), true)).isTrue();
    }

    @Test
    void forgetsPartitionsThatLeft() {
        markers.whole.clear();
        one.held = false;
        runAll();
        assertThat(passes).as("of the other").isEqualTo(1);
        assertThat(watch.isReady(of(one)))
                .as("its turns find out by themselves")
                .isTrue();
    }
}
