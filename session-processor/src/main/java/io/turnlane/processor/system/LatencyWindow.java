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
import org.springframework.stereotype.Component;

/**
 * Measures the time from acceptance to answer of the turns that completed in the last minute. Stores the times in one
 * histogram (slice) per second. Gateways add up the sums of all processors.
 *
 * <p>Threading: lane threads record times. One thread at a time calls {@link #rotate}.
 */
@Component
final class LatencyWindow implements TurnObserver {

    private static final int SLICES = 60;
    private static final long MAX_MICROS = Duration.ofHours(2).toSeconds() * 1_000_000;

    private final Recorder recorder = new Recorder(MAX_MICROS, 2);
    private final LongAdder terminal = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final Deque<Histogram> slices = new ArrayDeque<>(SLICES);

    @Override
    public void flightEnded(TurnReport report) {
        switch (report.outcome()) {
            case "completed" -> {
                terminal.increment();
                report.between(Phase.RECEIVED, Phase.COMPLETED)
                        .ifPresent(time -> recorder.recordValue(Math.clamp(time.toNanos() / 1000, 0, MAX_MICROS)));
            }
            case "failed" -> {
                terminal.increment();
                failed.increment();
            }
            case "cancelled", "superseded", "rejected" -> terminal.increment();
            default -> {}
        }
    }

    /**
     * Ends the current slice, removes the slice that is older than a minute, and returns the sum of the others. Must be
     * called once a second.
     */
    LatencySummary rotate() {
        if (slices.size() == SLICES) {
            slices.removeFirst();
        }
        slices.addLast(recorder.getIntervalHistogram());
        Histogram sum = new Histogram(MAX_MICROS, 2);
        slices.forEach(sum::add);
        return new LatencySummary(sum, terminal.sum(), failed.sum());
    }

    /**
     * Latencies of the turns that completed in the last minute, and counts since the start of the process.
     *
     * @param terminal number of turns that have ended, including failed turns
     */
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
