package io.turnlane.model;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Clock that all gateways and processors of an installation share: the clock of Redis, whose scripts decide about
 * deadlines and ages. Times of two machines can therefore be compared. Between two readings the clock advances with the
 * machine's monotonic clock, so it keeps its time while Redis is unavailable and if the machine's own clock is changed.
 * Until the first reading it returns the machine's own time.
 *
 * <p>Thread-safe.
 */
public final class SharedClock implements InstantSource {

    /** A reading that took longer does not show the time exactly enough. */
    private static final Duration MAX_ROUND_TRIP = Duration.ofMillis(500);

    /** Differences up to this size do not change the clock, so that it advances steadily. */
    private static final Duration TOLERANCE = Duration.ofMillis(20);

    private final InstantSource local;
    private final LongSupplier nanoTime;
    private volatile @Nullable Reading reading;

    /** Time of the reference at a value of the monotonic clock. */
    private record Reading(Instant at, long nanos) {}

    /** Creates a clock that shows the machine's own time until the first reading. */
    public SharedClock() {
        this(InstantSource.system());
    }

    /** Creates a clock on a machine whose own clock is this one. */
    public SharedClock(InstantSource local) {
        this(local, System::nanoTime);
    }

    SharedClock(InstantSource local, LongSupplier nanoTime) {
        this.local = local;
        this.nanoTime = nanoTime;
    }

    @Override
    public Instant instant() {
        Reading last = reading;
        return last == null ? local.instant() : last.at().plusNanos(nanoTime.getAsLong() - last.nanos());
    }

    /**
     * Reads the reference's time and sets this clock to it. Exceptions of the reference are passed on; the clock then
     * stays as it is.
     */
    public synchronized void synchronize(Supplier<Instant> reference) {
        long sent = nanoTime.getAsLong();
        Instant read = reference.get();
        Duration roundTrip = Duration.ofNanos(nanoTime.getAsLong() - sent);
        if (roundTrip.compareTo(MAX_ROUND_TRIP) > 0) {
            return;
        }
        Reading newest = new Reading(read, sent + roundTrip.toNanos() / 2);
        Duration error = Duration.between(instant(), read.plus(roundTrip.dividedBy(2)));
        if (reading == null || error.abs().compareTo(TOLERANCE.plus(roundTrip)) > 0) {
            reading = newest;
        }
    }

    /** Returns the time by which the machine's own clock is ahead of this clock; negative if it is behind. */
    public Duration localOffset() {
        return Duration.between(instant(), local.instant());
    }
}
