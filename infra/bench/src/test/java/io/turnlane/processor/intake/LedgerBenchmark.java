package io.turnlane.processor.intake;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Time to deliver a record, to complete an earlier one and to read the frontier, while other records are open. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LedgerBenchmark {

    @Param({"1", "1000", "5000"})
    public int open;

    private final Instant now = Instant.EPOCH;
    private Ledger ledger;
    private long next;

    @Setup
    public void fill() {
        ledger = new Ledger(0);
        for (next = 0; next < open; next++) {
            ledger.delivered(next, now);
        }
        ledger.advancedTo(next);
    }

    @Benchmark
    public long deliverAndComplete() {
        ledger.delivered(next, now);
        ledger.advancedTo(next + 1);
        ledger.complete(next - open);
        next++;
        return ledger.frontier();
    }
}
