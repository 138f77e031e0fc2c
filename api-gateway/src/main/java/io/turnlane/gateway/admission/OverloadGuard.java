package io.turnlane.gateway.admission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnlane.gateway.fleet.ProcessorDirectory;
import io.turnlane.gateway.problem.ProblemDetailException;
import io.turnlane.model.ErrorCode;
import io.turnlane.model.ProcessorStatistics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Refuses questions while a new one would wait for longer than it should, so that what was taken is answered in time.
 * Processors' places are never idle because of it: the bound is a wait, and there is a wait only where all are taken.
 *
 * <p>Where nothing is known (no processor, none that has ended a turn yet, Redis away) everything is taken: the log
 * holds it. Each gateway adds what it took itself since the figures were taken, times the number of gateways: what the
 * others took shows in figures only a second later, and by then would be ten seconds' work at ten times the load.
 *
 * <p>Threading: one thread of its own looks at the figures twice a second, so that no question waits for them; any
 * thread asks.
 */
public final class OverloadGuard implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OverloadGuard.class);
    private static final Duration LOOK = Duration.ofMillis(500);

    /** Figures that are older say nothing of now. */
    private static final Duration OLD = Duration.ofSeconds(5);

    private static final Duration CALM = Duration.ofSeconds(10);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(60);

    private final ProcessorDirectory processors;
    private final IntSupplier gateways;
    private final Duration mostWait;
    private final InstantSource clock;
    private final Counter refused;
    private final RecentTurns recent = new RecentTurns();
    private final AtomicBoolean refusing = new AtomicBoolean();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile Optional<Backlog> backlog = Optional.empty();
    private volatile int fellows = 1;
    private volatile long lastRefused;

    /**
     * @param gateways how many there are, this one among them
     * @param mostWait that a new turn may have to wait for a place; zero: as long as it takes
     */
    public OverloadGuard(
            ProcessorDirectory processors,
            IntSupplier gateways,
            Duration mostWait,
            InstantSource clock,
            MeterRegistry metrics) {
        this.processors = processors;
        this.gateways = gateways;
        this.mostWait = mostWait;
        this.clock = clock;
        this.refused = Counter.builder("turnlane.limited")
                .description("Calls and frames refused, by the limit that they met")
                .tag("limit", "overload")
                .register(metrics);
        Gauge.builder(
                        "turnlane.expected.wait",
                        this,
                        overload -> overload.expectedWait().toNanos() / 1e9)
                .description("Seconds that a new turn is expected to wait for a place")
                .register(metrics);
    }

    /** Starts to look at the figures. */
    public void start() {
        if (mostWait.isPositive()) {
            Thread.ofPlatform().name("overload-watch").daemon().start(this::watch);
        }
    }

    private void watch() {
        try {
            while (!stopped.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                refresh();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void refresh() {
        List<ProcessorStatistics> alive;
        try {
            alive = processors.alive();
            fellows = Math.max(1, gateways.getAsInt());
        } catch (DataAccessException | IllegalStateException away) { // the latter from a connection that is closing
            LOG.debug("figures not seen: {}", away.toString());
            return;
        }
        backlog = Backlog.of(alive);
        tellTaking();
    }

    /**
     * Counts a question as taken, so that those that come beside it see it.
     *
     * @return when that was, for {@link #undoAdmit}
     * @throws ProblemDetailException where it would wait for too long
     */
    long admit() {
        long now = clock.millis();
        if (!mostWait.isPositive()) {
            return now;
        }
        Duration wait = expectedWait();
        if (wait.compareTo(mostWait) > 0) {
            tellRefusing(wait);
            refused.increment();
            throw ProblemDetailException.retryLater(
                    ErrorCode.OVERLOADED,
                    "a question would wait for about " + wait.toSeconds() + " s at the moment",
                    retryAfter(wait));
        }
        recent.count(now);
        return now;
    }

    /** What was admitted then came to nothing, or was there before. */
    void undoAdmit(long admitted) {
        if (mostWait.isPositive()) {
            recent.undoCount(admitted);
        }
    }

    private Duration retryAfter(Duration wait) {
        Duration over = wait.minus(mostWait).plus(mostWait.dividedBy(10));
        return over.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : over;
    }

    Duration expectedWait() {
        Optional<Backlog> known = backlog;
        if (known.isEmpty()) {
            return Duration.ZERO;
        }
        Instant now = clock.instant();
        Duration age = Duration.between(known.get().reportedAt(), now);
        if (age.compareTo(OLD) > 0) {
            return Duration.ZERO;
        }
        Duration since = age.isNegative() ? Duration.ZERO : age; // their clock may be ahead of ours
        int admitted = recent.since(now.minus(since).toEpochMilli(), now.toEpochMilli());
        return known.get().expectedWait((long) admitted * fellows, since);
    }

    /**
     * At the bound some are taken and some not: one line when refusing begins, and one when it has been over a while.
     */
    private void tellRefusing(Duration wait) {
        lastRefused = clock.millis();
        if (refusing.compareAndSet(false, true)) {
            LOG.atWarn()
                    .setMessage("overloaded, refusing questions")
                    .addKeyValue("expected_wait_s", wait.toSeconds())
                    .log();
        }
    }

    private void tellTaking() {
        if (clock.millis() - lastRefused > CALM.toMillis() && refusing.compareAndSet(true, false)) {
            LOG.atWarn().setMessage("taking all questions again").log();
        }
    }

    @Override
    public void close() {
        stopped.countDown();
    }
}
