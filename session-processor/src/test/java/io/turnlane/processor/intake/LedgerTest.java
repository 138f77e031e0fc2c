package io.turnlane.processor.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LedgerTest {

    @Test
    void keepsTheFrontierBeforeSkippedOffsetsUntilTheyAreComplete() {
        Ledger ledger = new Ledger(7);
        assertThat(ledger.skipTo(7, Instant.EPOCH)).isEmpty();
        assertThat(ledger.skipTo(20, Instant.EPOCH)).hasValue(7);
        ledger.delivered(20, Instant.EPOCH);
        ledger.advancedTo(21);
        ledger.complete(20);
        assertThat(ledger.frontier()).isEqualTo(7);
        ledger.complete(7);
        assertThat(ledger.frontier()).isEqualTo(21);
        assertThat(ledger.skipTo(21, Instant.EPOCH)).isEmpty();
    }

    @Test
    void commitsThePositionIfNothingIsOpen() {
        Ledger ledger = new Ledger(7);
        assertThat(ledger.frontier()).isEqualTo(7);
        ledger.delivered(9, Instant.EPOCH);
        ledger.advancedTo(12);
        assertThat(ledger.frontier()).isEqualTo(9);
        ledger.complete(9);
        assertThat(ledger.frontier())
                .as("the consumer skipped the holes up to 12")
                .isEqualTo(12);
    }

    @Test
    void reportsAnOffsetAsDoneOnlyIfItsRecordWasDeliveredAndIsComplete() {
        Ledger ledger = new Ledger(7);
        ledger.delivered(8, Instant.EPOCH);
        ledger.advancedTo(9);
        assertThat(ledger.done(7)).as("before the first record").isTrue();
        assertThat(ledger.done(8)).as("open").isFalse();
        assertThat(ledger.done(9)).as("not delivered yet").isFalse();
        ledger.complete(8);
        assertThat(ledger.done(8)).isTrue();
    }

    @Test
    void neverMovesBack() {
        Ledger ledger = new Ledger(7);
        ledger.advancedTo(3);
        assertThat(ledger.frontier()).isEqualTo(7);
    }

    @Test
    void staysAtAnOpenRecordHoweverManyAreCompleteBehindIt() {
        Ledger ledger = new Ledger(0);
        for (long offset = 0; offset < 50_000; offset++) {
            ledger.delivered(offset, Instant.EPOCH);
            ledger.advancedTo(offset + 1);
            if (offset > 0) {
                ledger.complete(offset);
            }
        }
        assertThat(ledger.frontier()).isZero();
        assertThat(ledger.openCount()).as("only open records are stored").isEqualTo(1);
        ledger.complete(0);
        assertThat(ledger.frontier()).isEqualTo(50_000);
    }

    /** Tries every order of completion of six records with holes between them. */
    @Test
    void hasTheLowestOpenRecordAsFrontierInEveryOrderOfCompletion() {
        long[] offsets = {3, 4, 8, 20, 21, 35};
        permute(new ArrayList<>(), offsets);
    }

    private void permute(List<Long> order, long[] offsets) {
        if (order.size() == offsets.length) {
            check(order, offsets);
            return;
        }
        for (long offset : offsets) {
            if (!order.contains(offset)) {
                List<Long> next = new ArrayList<>(order);
                next.add(offset);
                permute(next, offsets);
            }
        }
    }

    private void check(List<Long> order, long[] offsets) {
        Ledger ledger = new Ledger(0);
        List<Long> open = new ArrayList<>();
        for (long offset : offsets) {
            ledger.delivered(offset, Instant.EPOCH);
            open.add(offset);
        }
        ledger.advancedTo(40);
        for (long offset : order) {
            ledger.complete(offset);
            ledger.complete(offset);
            open.remove(offset);
            assertThat(ledger.frontier())
                    .as("%s", order)
                    .isEqualTo(open.stream().min(Long::compare).orElse(40L));
        }
    }

    @Test
    void agreesWithAModelUnderRandomDeliveryAndCompletion() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("LedgerTest seed " + seed);
        Random random = new Random(seed);
        Ledger ledger = new Ledger(0);
        List<Long> open = new ArrayList<>();
        long next = 0;
        for (int i = 0; i < 20_000; i++) {
            if (open.isEmpty() || random.nextBoolean()) {
                next += random.nextInt(3);
                ledger.delivered(next, Instant.EPOCH);
                open.add(next++);
                ledger.advancedTo(next);
            } else {
                ledger.complete(open.remove(random.nextInt(open.size())));
            }
            assertThat(ledger.frontier())
                    .as("seed %d, step %d", seed, i)
                    .isEqualTo(open.stream().min(Long::compare).orElse(next));
        }
    }
}
