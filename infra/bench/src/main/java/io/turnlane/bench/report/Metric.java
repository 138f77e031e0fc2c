package io.turnlane.bench.report;

/** Quantity that a scenario measures. */
public enum Metric {
    THROUGHPUT("throughput", "/s", true),
    P50("p50", "ms", false),
    P95("p95", "ms", false),
    P99("p99", "ms", false),
    MAX("max", "ms", false),
    FIRST_PIECE_P50("first piece p50", "ms", false),
    FIRST_PIECE_P99("first piece p99", "ms", false),
    ADDED_P50("added p50", "ms", false),
    ADDED_P95("added p95", "ms", false),
    /** CPU time of the subject's own processes for each correct answer. */
    CPU("CPU/answer", "ms", false),
    /** CPU time of the broker and of Redis for each correct answer. */
    BACKENDS_CPU("backends CPU/answer", "ms", false),
    /** Correct answers for each second of CPU time of the subject and the backends together. */
    PER_CORE("answers/core-second", "/s", true),
    /** Share of the throughput that the work allows if nothing else takes time. */
    OF_IDEAL("of ideal", "%", true),
    READY("ready", "s", false),
    FIRST_ANSWER("first answer", "s", false),
    MEMORY("memory", "MiB", false),
    IDLE_CPU("CPU at rest", "% of a core", false),
    /** Time until the partitions are spread evenly over the wanted number of processors. */
    BALANCED("balanced", "s", false),
    ANSWERED("answered", "", true),
    FAILED("failed", "", false),
    MIXED("mixed", "", false);

    private final String title;
    private final String unit;
    private final boolean higherIsBetter;

    Metric(String title, String unit, boolean higherIsBetter) {
        this.title = title;
        this.unit = unit;
        this.higherIsBetter = higherIsBetter;
    }

    public String title() {
        return title;
    }

    public String unit() {
        return unit;
    }

    public boolean higherIsBetter() {
        return higherIsBetter;
    }

    /** Returns the title and the unit, for the head of a column. */
    public String heading() {
        return unit.isEmpty() ? title : title + ", " + unit;
    }
}
