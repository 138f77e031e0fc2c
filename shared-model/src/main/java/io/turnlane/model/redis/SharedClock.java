package io.turnlane.model.redis;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Clock that shows the time of Redis. All gateways and processors of an installation use it, so times from two machines
 * can be compared. The Redis scripts use the same time for deadlines and ages. Between two readings of Redis, this
 * clock advances with the machine's monotonic clock. It therefore continues correctly while Redis is unavailable, and
 * if someone changes the machine's own clock. Until the first reading, it returns the machine's own time.
 *
 * <p>Thread-safe.
 */
public final class SharedClock implements InstantSource {

    /** Maximum duration of a reading. A slower reading is ignored, because its time is too inexact. */
    private static final Duration MAX_ROUND_TRIP = Duration.ofMillis(500);

    /**
     * A difference of at most this value plus the duration of the reading does not change the clock. Otherwise, the
     * clock would jump a little at each reading.
     */
    private static final Duration TOLERANCE = Duration.ofMillis(20);

    private final InstantSource local;
    private final LongSupplier nanoTime;
    private volatile @Nullable Reading reading;

    /**
     * Time of Redis, with the value that the machine's monotonic clock had at this time.
     *
     * @param roundTrip duration of the reading. The time is wrong by at most half of it.
     */
    private record Reading(Instant at, long nanos, Duration roundTrip) {}

    /** Creates a clock that shows the machine's own time until the first reading. */
    public SharedClock() {
        this(InstantSource.system());
    }

    /** Creates a clock that shows the time of {@code local} until the first reading. */
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
     * Sets this clock to the time of the reference (Redis), unless the difference is small or the reading takes too
     * long. A reading that is more than twice as exact as the one in use replaces it even if the difference is small.
     * If the very first reading takes too long, reads again, because the first call usually opens the connection. If
     * the reference throws an exception, throws the same exception and does not change the clock.
     */
    public synchronized void synchronize(Supplier<Instant> reference) {
        if (!read(reference) && reading == null) {
            read(reference);
        }
    }

    /** Reads the reference; returns false if the reading took too long. */
    private boolean read(Supplier<Instant> reference) {
        long sent = nanoTime.getAsLong();
        Instant read = reference.get();
        Duration roundTrip = Duration.ofNanos(nanoTime.getAsLong() - sent);
        if (roundTrip.compareTo(MAX_ROUND_TRIP) > 0) {
            return false;
        }
        Reading last = reading;
        Duration error = Duration.between(instant(), read.plus(roundTrip.dividedBy(2)));
        boolean moreExact = last == null || roundTrip.multipliedBy(2).compareTo(last.roundTrip()) < 0;
        if (moreExact || error.abs().compareTo(TOLERANCE.plus(roundTrip)) > 0) {
            reading = new Reading(read, sent + roundTrip.toNanos() / 2, roundTrip);
        }
        return true;
    }

    /** Returns the time by which the machine's own clock is ahead of this clock; negative if it is behind. */
    public Duration localOffset() {
        return Duration.between(instant(), local.instant());
    }
}
