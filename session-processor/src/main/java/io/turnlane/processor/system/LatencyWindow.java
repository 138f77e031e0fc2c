package io.turnlane.processor.system;

import io.turnlane.model.Phase;
import io.turnlane.processor.turn.TurnObserver;
import io.turnlane.processor.turn.TurnReport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * How long the turns of the last minute took, acceptance to answer, in slices of a second, for gateways to add up.
 *
 * <p>Threading: lanes' threads record; one thread at a time turns the slices over.
 */
final class LatencyWindow implements TurnObserver {

    private static final int SLICES = 60;
    private static final long LONGEST_MICROS = Duration.ofHours(2).toSeconds() * 1_000_000;

    private final Recorder recorder = new Recorder(LONGEST_MICROS, 2);
    private final LongAdder terminal = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final Deque<Histogram> slices = new ArrayDeque<>(SLICES);

    @Override
    public void flightEnded(TurnReport report) {
        switch (report.outcome()) {
            case "completed" -> {
                terminal.increment();
                report.between(Phase.RECEIVED, Phase.COMPLETED)
                        .ifPresent(time -> recorder.recordValue(Math.clamp(time.toNanos() / 1000, 0, LONGEST_MICROS)));
            }
            case "failed" -> {
                terminal.increment();
                failed.increment();
            }
            case "cancelled", "superseded", "rejected" -> terminal.increment();
            default -> {}
        }
    }

    /** Closes the current slice, drops the oldest, and sums up. Called once a second. */
    LatencySummary rotate() {
        if (slices.size() == SLICES) {
            slices.removeFirst();
        }
        slices.addLast(recorder.getIntervalHistogram());
        Histogram sum = new Histogram(LONGEST_MICROS, 2);
        slices.forEach(sum::add);
        return new LatencySummary(sum, terminal.sum(), failed.sum());
    }

    /** The completed turns of the last minute, and the terminal and failed ones since the start. */
    record LatencySummary(Histogram latency, long terminal, long failed) {

        String encoded() {
            ByteBuffer buffer = ByteBuffer.allocate(latency.getNeededByteBufferCapacity());
            int length = latency.encodeIntoCompressedByteBuffer(buffer);
            return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
        }

        Duration sum() {
            return Duration.ofNanos(Math.round(latency.getMean() * latency.getTotalCount() * 1000));
        }
    }
}
