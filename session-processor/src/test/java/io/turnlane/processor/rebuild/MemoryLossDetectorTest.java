package io.turnlane.processor.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnlane.model.RequestId;
import io.turnlane.model.SessionCommand.ImportSession;
import io.turnlane.model.SessionId;
import io.turnlane.model.SessionKey;
import io.turnlane.model.SessionState;
import io.turnlane.processor.past.CommandPosition;
import io.turnlane.processor.rebuild.recall.RecallLimits;
import io.turnlane.processor.turn.FakeClaims;
import io.turnlane.processor.turn.Turn.Claim;
import io.turnlane.store.MemoryUnavailableException;
import io.turnlane.store.loss.LossMarkers;
import io.turnlane.store.loss.RebuildReport;
import io.turnlane.store.memory.RecalledSession;
import io.turnlane.store.memory.SessionRestore.RestoreResult;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Checks which partitions wait for what, and for how long. Tasks run when the test runs them. */
class MemoryLossDetectorTest {

    private static final Duration WAIT = Duration.ofSeconds(60);

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final FakeMarkers markers = new FakeMarkers();
    private final Partition one = new Partition(1);
    private final Partition other = new Partition(2);
    private Instant now = Instant.EPOCH;
    private int passes;
    private boolean intactTooEarly;
    private final List<ImportSession> imports = new ArrayList<>();
    private final List<SessionKey> restored = new ArrayList<>();
    private final List<RebuildReport> reports = new ArrayList<>();
    private final InstantSource clock = () -> now;
    private final PartitionRebuild rebuild = new PartitionRebuild(
            (partition, firstOpen, listener, proceed) -> {
                passes++;
                intactTooEarly |= markers.digest.equals(markers.intact.get(partition));
                imports.forEach(one -> listener.edited(one, new CommandPosition(0, now, null), 1));
                return true;
            },
            (recalled, fence, partition, wantedBy) -> restore(recalled),
            markers,
            reports::add,
            new RecallLimits(10, 10, 1000),
            "p",
            clock,
            this::pause,
            new Semaphore(2));
    private final MemoryLossDetector detector = new MemoryLossDetector(markers, rebuild, tasks::add, clock, WAIT);

    private static final class FakeMarkers implements LossMarkers {
        private String digest = "first";
        private final Map<Integer, String> intact = new HashMap<>(Map.of(1, "first", 2, "first"));
        private boolean away;

        @Override
        public MarkerState readOrCreate(Collection<Integer> partitions) {
            if (away) {
                throw new MemoryUnavailableException("away", null);
            }
            return new MarkerState(digest, Map.copyOf(intact));
        }

        @Override
        public void storeIntact(RebuildReport report) {
            if (away) {
                throw new MemoryUnavailableException("away", null);
            }
            intact.put(report.partition(), report.digest());
        }
    }

    private static final class Partition implements HeldPartition {
        private final int number;
        private boolean held = true;
        private long fence = 1;

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
            return fence;
        }

        @Override
        public void renewFence() {}

        @Override
        public long firstOpen() {
            return 0;
        }

        @Override
        public boolean isDone(long offset) {
            return true;
        }
    }

    private void pause(Duration time) {
        now = now.plus(time);
        markers.away = false;
        one.fence = 1;
    }

    private static Claim of(Partition partition) {
        return FakeClaims.of(partition);
    }

    @BeforeEach
    void assign() {
        detector.partitionsAssigned(List.of(one, other));
    }

    private void runAll() {
        while (!tasks.isEmpty()) {
            tasks.removeFirst().run();
        }
    }

    @Test
    void makesTurnsWaitUntilTheFirstCheck() {
        assertThat(detector.isReady(of(one))).isFalse();
        runAll();
        assertThat(detector.isReady(of(one))).isTrue();
        assertThat(passes).as("nothing was lost").isZero();
    }

    @Test
    void makesOnlyThePartitionWithLostMemoryWait() {
        runAll();
        markers.intact.remove(1);
        detector.checkMarkers();
        assertThat(detector.isReady(of(one))).isFalse();
        assertThat(detector.isReady(of(other))).isTrue();
        runAll();
        assertThat(detector.isReady(of(one))).isTrue();
        assertThat(passes).isEqualTo(1);
    }

    @Test
    void rebuildsAllPartitionsIfAMarkerChanged() {
        runAll();
        markers.digest = "second";
        detector.checkMarkers();
        detector.checkMarkers();
        runAll();
        assertThat(passes).as("each partition once").isEqualTo(2);
        detector.checkMarkers();
        assertThat(tasks).isEmpty();
    }

    @Test
    void letsTurnsContinueWithoutLostDataAfterTheMaximumWait() {
        runAll();
        markers.intact.remove(1);
        detector.checkMarkers();
        now = now.plus(WAIT.minusMillis(1));
        assertThat(detector.isReady(of(one))).isFalse();
        now = now.plusMillis(1);
        assertThat(detector.isReady(of(one))).isTrue();
    }

    @Test
    void rebuildsAfterARestartButMakesTurnsWaitOnlyBriefly() {
        runAll();
        markers.digest = "first.another process";
        detector.checkMarkers();
        now = now.plusMillis(4999);
        assertThat(detector.isReady(of(one))).isFalse();
        now = now.plusMillis(1);
        assertThat(detector.isReady(of(one))).isTrue();
        runAll();
        assertThat(passes).isEqualTo(2);
        detector.checkMarkers();
        assertThat(tasks).isEmpty();
    }

    @Test
    void makesTurnsWaitTheFullTimeIfMoreThanARestartIsDetected() {
        runAll();
        markers.digest = "first.another process";
        detector.checkMarkers();
        markers.digest = "second.another process";
        detector.checkMarkers();
        now = now.plus(WAIT.minusMillis(1));
        assertThat(detector.isReady(of(one))).isFalse();
    }

    @Test
    void makesTurnsWaitWhileTheMarkersCannotBeRead() {
        runAll();
        markers.away = true;
        detector.checkMarkers();
        now = now.plus(WAIT.multipliedBy(10));
        assertThat(detector.isReady(of(one))).isFalse();
        markers.away = false;
        detector.checkMarkers();
        assertThat(detector.isReady(of(one))).isTrue();
    }

    /** The fence of a partition is known some milliseconds after its assignment. */
    @Test
    void beginsTheRebuildAsSoonAsTheFenceIsKnown() {
        one.fence = -1;
        markers.intact.remove(1);
        runAll();
        assertThat(passes).isOne();
        assertThat(Duration.between(Instant.EPOCH, now)).isLessThan(Duration.ofMillis(100));
    }

    @Test
    void storesAPartitionAsIntactOnlyAfterTheRebuild() {
        runAll();
        markers.intact.remove(1);
        detector.checkMarkers();
        markers.away = true; // until the first pause
        runAll();
        assertThat(intactTooEarly).isFalse();
        assertThat(markers.intact).containsEntry(1, "first");
        assertThat(detector.isReady(of(one))).isTrue();
    }

    @Test
    @Timeout(20)
    void leavesOutASessionThatCannotBeStoredAndRestoresTheOthers() {
        runAll();
        imports.addAll(List.of(imported("good-1"), imported("bad"), imported("good-2")));
        markers.intact.remove(1);
        detector.checkMarkers();
        runAll();
        assertThat(restored)
                .extracting(SessionKey::sessionId)
                .extracting(SessionId::value)
                .containsExactly("good-1", "good-2");
        assertThat(passes).as("the partition is intact after one pass").isEqualTo(1);
        assertThat(reports).singleElement().extracting(RebuildReport::dropped).isEqualTo(1);
        assertThat(detector.isReady(of(one))).isTrue();
    }

    private RestoreResult restore(RecalledSession recalled) {
        if (recalled.session().sessionId().value().equals("bad")) {
            throw new ArithmeticException("long overflow");
        }
        restored.add(recalled.session());
        return new RestoreResult(false, 0);
    }

    private static ImportSession imported(String session) {
        return new ImportSession(
                new RequestId(UUID.randomUUID()),
                new SessionId(session),
                null,
                Instant.EPOCH,
                new SessionState("test", Map.of(), Duration.ofHours(1), Instant.EPOCH, 0, Duration.ZERO, List.of()),
                null);
    }

    @Test
    void detectsALossDuringARebuildAtTheNextCheck() {
        runAll();
        markers.intact.remove(1);
        detector.checkMarkers();
        runAll();
        markers.digest = "second";
        detector.checkMarkers();
        assertThat(detector.isReady(of(one))).isFalse();
    }

    @Test
    void rebuildsForAMissingCachedSessionButNotRepeatedly() {
        runAll();
        assertThat(detector.reportMissing(of(one), false))
                .as("a missing request record alone is no loss")
                .isFalse();
        assertThat(detector.reportMissing(of(one), true)).isTrue();
        runAll();
        assertThat(passes).isEqualTo(1);
        assertThat(detector.reportMissing(of(one), true))
                .as("just rebuilt, so the log holds no more")
                .isFalse();
        now = now.plus(WAIT);
        assertThat(detector.reportMissing(of(one), true)).isTrue();
    }

    @Test
    void ignoresPartitionsThatLeft() {
        markers.intact.clear();
        one.held = false;
        runAll();
        assertThat(passes).as("only the other partition").isEqualTo(1);
        assertThat(detector.isReady(of(one)))
                .as("its turns don't wait; they are fenced off")
                .isTrue();
    }
}
