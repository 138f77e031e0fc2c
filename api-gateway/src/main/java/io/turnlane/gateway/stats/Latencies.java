package io.turnlane.gateway.stats;

import io.turnlane.model.ProcessorStatistics;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds up processors' histograms, so that a percentile is one of all turns and not a mean of percentiles. */
final class Latencies {

    private static final Logger LOG = LoggerFactory.getLogger(Latencies.class);
    private static final int DIGITS = 3;

    private Latencies() {}

    /** All latencies in µs; figures that can't be read are left out. */
    static Histogram merged(List<ProcessorStatistics> figures) {
        Histogram all = new Histogram(DIGITS);
        all.setAutoResize(true);
        for (ProcessorStatistics one : figures) {
            try {
                all.add(Histogram.decodeFromCompressedByteBuffer(
                        ByteBuffer.wrap(Base64.getDecoder().decode(one.latency())), 0));
            } catch (DataFormatException | IllegalArgumentException | java.nio.BufferUnderflowException e) {
                LOG.atWarn()
                        .setMessage("a processor's latencies left out")
                        .addKeyValue("processor", one.processor())
                        .log();
            }
        }
        return all;
    }
}
