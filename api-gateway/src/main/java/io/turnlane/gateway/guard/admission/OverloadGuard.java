package io.turnlane.gateway.guard.admission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.ProcessorStatistics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

/**
 * Rejects a question if its expected wait is longer than the configured maximum, so that accepted turns are answered in
 * time. The expected wait is the time until a slot (right to run one turn) is free. It is zero while a slot is free.
 *
 * <p>If the expected wait is unknown, every question is admitted. Kafka keeps it until a processor can run it. The wait
 * is unknown if no processor is running, if no processor has completed a turn yet, or if Redis is unavailable.
 *
 * <p>The statistics of processors are up to a second old and lack the newest turns. Each gateway therefore counts the
 * turns that it has admitted since the statistics were taken. It multiplies this count by the number of gateways and
 * adds the product to the waiting turns.
 *
 * <p>Threading: a thread of its own reads the statistics twice a second, so that no question waits for them. Any thread
 * may call {@link #admit}.
 */
public final class OverloadGuard implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OverloadGuard.class);
    private static final Duration REFRESH_INTERVAL = Duration.ofMillis(500);

    /** Age after which statistics are ignored. */
    private static final Duration MAX_AGE = Duration.ofSeconds(5);

    private static final Duration CALM = Duration.ofSeconds(10);
    private static final Duration MAX_RETRY_AFTER = Duration.ofSeconds(60);

    private final Supplier<List<ProcessorStatistics>> processors;
    private final IntSupplier gateways;
    private final Duration maxWait;
    private final InstantSource clock;
    private final Counter rejected;
    private final RecentTurns recent = new RecentTurns();
    private final AtomicBoolean rejecting = new AtomicBoolean();
    private final SimpleAsyncTaskScheduler timer = new SimpleAsyncTaskScheduler();
    private volatile Optional<Backlog> backlog = Optional.empty();
    private volatile int gatewayCount = 1;
    private volatile long lastRejected;

    /**
     * Creates the guard. It has no statistics and admits every question until {@link #start} is called.
     *
     * @param processors returns the statistics of the processors that are alive
     * @param gateways returns the number of gateways, this one included
     * @param maxWait maximum expected time that a new turn waits for a slot; zero for no limit
     */
    public OverloadGuard(
            Supplier<List<ProcessorStatistics>> processors,
            IntSupplier gateways,
            Duration maxWait,
            InstantSource clock,
            MeterRegistry metrics) {
        this.processors = processors;
        this.gateways = gateways;
        this.maxWait = maxWait;
        this.clock = clock;
        this.rejected = Counter.builder("turnlane.limited")
                .description("Calls and frames rejected by a limit, by limit")
                .tag("limit", "overload")
                .register(metrics);
        Gauge.builder(
                        "turnlane.expected.wait",
                        this,
                        overload -> overload.expectedWait().toNanos() / 1e9)
                .description("Time that a new turn is expected to wait for a slot")
                .baseUnit("seconds")
                .register(metrics);
    }

    /** Starts reading the statistics. */
    public void start() {
        timer.setThreadFactory(
                Thread.ofPlatform().name("overload-watch").daemon().factory());
        var _ = timer.scheduleWithFixedDelay(this::refresh, REFRESH_INTERVAL);
    }

    void refresh() {
        List<ProcessorStatistics> alive;
        try {
            alive = processors.get();
            gatewayCount = Math.max(1, gateways.getAsInt());
        } catch (DataAccessException | IllegalStateException away) { // thrown by a connection that is closing
            LOG.debug("processor statistics not read: {}", away.toString());
            return;
        }
        backlog = Backlog.of(alive);
        logIfRecovered();
    }

    /**
     * Counts a question as admitted. The count is part of the expected wait of concurrent questions.
     *
     * @return time at which the question was counted, in epoch milliseconds, for {@link #undoAdmit}
     * @throws ProblemDetailException with code {@code overloaded} if the question would wait too long
     */
    long admit() {
        long now = clock.millis();
        Duration wait = maxWait.isPositive() ? expectedWait() : Duration.ZERO;
        if (wait.compareTo(maxWait) > 0) {
            logOverloaded(wait);
            rejected.increment();
            throw ProblemDetailException.retryLater(
                    ErrorCode.OVERLOADED,
                    "The service is overloaded: a question would wait about " + wait.toSeconds() + " s. Retry later.",
                    retryAfter(wait));
        }
        recent.count(now);
        return now;
    }

    /**
     * Removes one admitted question from the count. Called if the question became no new turn.
     *
     * @param admitted time that {@link #admit} returned
     */
    void undoAdmit(long admitted) {
        recent.undoCount(admitted);
    }

    private Duration retryAfter(Duration wait) {
        Duration over = wait.minus(maxWait).plus(maxWait.dividedBy(10));
        return over.compareTo(MAX_RETRY_AFTER) > 0 ? MAX_RETRY_AFTER : over;
    }

    /** Returns the time that a turn asked now is expected to wait for a slot; zero if unknown. */
    public Duration expectedWait() {
        Optional<Backlog> known = backlog;
        if (known.isEmpty()) {
            return Duration.ZERO;
        }
        Instant now = clock.instant();
        Duration age = Duration.between(known.get().reportedAt(), now);
        if (age.compareTo(MAX_AGE) > 0) {
            return Duration.ZERO;
        }
        Duration since = age.isNegative() ? Duration.ZERO : age; // the clock of the processor may be ahead
        int admitted = recent.since(now.minus(since).toEpochMilli(), now.toEpochMilli());
        return known.get().expectedWait((long) admitted * gatewayCount, since);
    }

    private void logOverloaded(Duration wait) {
        lastRejected = clock.millis();
        if (rejecting.compareAndSet(false, true)) {
            LOG.atWarn().addKeyValue("expected_wait_s", wait.toSeconds()).log("overloaded, rejecting questions");
        }
    }

    private void logIfRecovered() {
        if (clock.millis() - lastRejected > CALM.toMillis() && rejecting.compareAndSet(true, false)) {
            LOG.warn("no longer overloaded, accepting all questions");
        }
    }

    @Override
    public void close() {
        timer.close();
    }
}
