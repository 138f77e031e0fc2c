package io.turnlane.gateway.operations.stats;

import io.turnlane.model.ProcessorStatistics;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges the latency histograms of processors, so that percentiles can be computed over the turns of all processors.
 */
public final class Latencies {

    private static final Logger LOG = LoggerFactory.getLogger(Latencies.class);
    private static final int DIGITS = 3;

    private Latencies() {}

    /** Returns the latencies of all processors in µs. Histograms that cannot be decoded are ignored. */
    public static Histogram merged(List<ProcessorStatistics> statistics) {
        Histogram all = new Histogram(DIGITS);
        all.setAutoResize(true);
        for (ProcessorStatistics processor : statistics) {
            try {
                all.add(Histogram.decodeFromCompressedByteBuffer(
                        ByteBuffer.wrap(Base64.getDecoder().decode(processor.latency())), 0));
            } catch (DataFormatException | IllegalArgumentException | java.nio.BufferUnderflowException e) {
                LOG.atWarn()
                        .addKeyValue("processor", processor.processor())
                        .log("unreadable latencies of a processor ignored");
            }
        }
        return all;
    }
}
