package io.turnlane.standalone.replay;

import java.util.Map;
import java.util.TreeMap;

/** Histogram of times in milliseconds. Each bucket is 5 % wide, so percentiles are exact to 5 %. */
final class LogHistogram {

    private static final double BASE = 1.05;
    private static final int BUCKETS = 400; // up to 80 hours

    private final long[] counts = new long[BUCKETS];
    private long total;
    private double sum;

    /**
     * Figures of a histogram.
     *
     * @param histogram number of times by the lower end of their bucket, in milliseconds; without empty buckets
     */
    record Latencies(long turns, double mean, double p50, double p95, double p99, Map<Long, Long> histogram) {}

    void add(long millis) {
        long value = Math.max(0, millis);
        counts[bucketOf(value)]++;
        total++;
        sum += value;
    }

    private static int bucketOf(long millis) {
        return (int) Math.min(BUCKETS - 1, Math.floor(Math.log(millis + 1.0) / Math.log(BASE)));
    }

    /** Returns the lower end of a bucket. */
    private static double lowest(int bucket) {
        return Math.pow(BASE, bucket) - 1;
    }

    Latencies latencies() {
        return new Latencies(
                total, total == 0 ? 0 : sum / total, percentile(0.5), percentile(0.95), percentile(0.99), coarse());
    }

    private double percentile(double share) {
        long wanted = (long) Math.ceil(share * total);
        long seen = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            seen += counts[bucket];
            if (seen >= wanted && seen > 0) {
                return Math.round(lowest(bucket) * 10) / 10.0;
            }
        }
        return 0;
    }

    /** Returns ten buckets for each decade, which are enough for a plot. */
    private Map<Long, Long> coarse() {
        Map<Long, Long> coarse = new TreeMap<>();
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            if (counts[bucket] > 0) {
                double decade = Math.floor(Math.log10(lowest(bucket) + 1) * 10 + 1e-9) / 10;
                coarse.merge(Math.round(Math.pow(10, decade)), counts[bucket], Long::sum);
            }
        }
        return coarse;
    }
}
