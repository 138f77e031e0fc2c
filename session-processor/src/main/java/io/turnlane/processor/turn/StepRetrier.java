package io.turnlane.processor.turn;

import io.turnlane.model.SessionCommand;
import io.turnlane.model.UnreadableRecordException;
import io.turnlane.model.WireFormat;
import io.turnlane.processor.events.RecordTooLargeForLogException;
import io.turnlane.processor.turn.Turn.Claim;
import io.turnlane.processor.turn.Turn.LogUnavailableException;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import io.turnlane.store.MemoryUnavailableException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retries steps of a turn until they succeed, because Redis or Kafka can be unavailable for some time, or because Redis
 * has lost data that is being rebuilt. Every step is idempotent. Gives up when the turn's partition has left. If the
 * turn's flight is handed over, gives up only when the handover has ended.
 *
 * <p>The calling thread waits between tries: 50 ms at first, then twice as long each time, up to 2 s. Callers are
 * virtual threads that are never interrupted.
 *
 * <p>All methods throw a {@link ClaimLostException} when they give up.
 */
public final class StepRetrier {

    private static final Logger log = LoggerFactory.getLogger(StepRetrier.class);
    private static final Duration FIRST_DELAY = Duration.ofMillis(50);
    private static final Duration MAX_DELAY = Duration.ofSeconds(2);
    private static final Duration CHECK_DELAY = Duration.ofMillis(100);

    private final Pause pause;
    private final LostMemory lostMemory;
    private final BooleanSupplier inHandover;

    /** Creates a retrier for turns without a handover. It gives up as soon as the turn's partition has left. */
    StepRetrier(Pause pause, LostMemory lostMemory) {
        this(pause, lostMemory, () -> false);
    }

    private StepRetrier(Pause pause, LostMemory lostMemory, BooleanSupplier inHandover) {
        this.pause = pause;
        this.lostMemory = lostMemory;
        this.inHandover = inHandover;
    }

    /**
     * Returns a retrier for a flight. If the flight's partition has left, the retrier continues until the flight's
     * handover has ended.
     */
    StepRetrier forFlight(Flight flight) {
        return new StepRetrier(pause, lostMemory, flight::inHandover);
    }

    /** Suspends the calling thread. Tests use an implementation that returns at once. */
    @FunctionalInterface
    public interface Pause {
        void pause(Duration time);
    }

    /** Thrown if the turn's partition left before a step succeeded. The step may have taken effect. */
    static final class ClaimLostException extends RuntimeException {
        ClaimLostException() {
            super("the partition left");
        }
    }

    /** Calls a step that needs memory or the log. Repeats the call until the step succeeds. */
    <T> T call(Claim claim, Supplier<T> step) {
        for (Duration delay = FIRST_DELAY; ; delay = next(delay)) {
            try {
                return step.get();
            } catch (MemoryUnavailableException e) {
                waitBeforeRetry(claim, delay, "memory", e);
            } catch (LogUnavailableException e) {
                waitBeforeRetry(claim, delay, "log", e);
            }
        }
    }

    /** Runs a step that needs memory or the log. Repeats the step until it succeeds. */
    void run(Claim claim, Runnable step) {
        call(claim, () -> {
            step.run();
            return true;
        });
    }

    /**
     * Handles missing data of the turn without blocking until a rebuild has ended. If Redis has lost the data, the turn
     * must wait. Otherwise, or if turns have waited for the maximum time, restores the session, and the caller repeats
     * its step with the loss ruled out.
     *
     * @param sessionLost true if Redis has certainly lost data of the session
     * @return true if the turn must wait for the rebuild
     * @throws ClaimLostException if the partition left before the session was restored. The turn must not begin then,
     *     because the partition's next owner can restore the session
     */
    boolean mustWaitForRebuild(Turn turn, boolean sessionLost) {
        if (isLost(turn.claim(), sessionLost)) {
            return true;
        }
        restoreSession(turn, sessionLost);
        return false;
    }

    /** Returns true if the turn's missing data was lost, so that the turn must {@linkplain #awaitReady wait}. */
    boolean isLost(Claim claim, boolean sessionLost) {
        return lostMemory.reportMissing(claim, sessionLost);
    }

    /** Does the same as {@link #mustWaitForRebuild}, but blocks until the rebuild has ended. */
    void awaitRebuild(Turn turn, boolean sessionLost) {
        if (mustWaitForRebuild(turn, sessionLost)) {
            awaitReady(turn.claim());
            restoreSession(turn, sessionLost);
        }
    }

    /** Waits until turns may begin, because no data of the partition is being rebuilt. */
    void awaitReady(Claim claim) {
        await(claim, () -> lostMemory.isReady(claim));
    }

    /** The turn waits no longer for a rebuild of the partition, and the last rebuild can be older than the loss. */
    private void restoreSession(Turn turn, boolean lost) {
        if (lost
                && call(turn.claim(), () -> lostMemory.rebuild(turn)).fenced()
                && !turn.claim().held()) {
            throw new ClaimLostException();
        }
    }

    /** {@linkplain Turn#readCommand Reads} the turn's command. Repeats the read until the log answers. */
    SessionCommand readCommand(Turn turn, WireFormat wire) throws UnreadableRecordException, RecordGoneException {
        for (Duration delay = FIRST_DELAY; ; delay = next(delay)) {
            try {
                return turn.readCommand(wire);
            } catch (LogUnavailableException e) {
                waitBeforeRetry(turn.claim(), delay, "log", e);
            }
        }
    }

    /**
     * Publishes a record. Repeats the step until Kafka has acknowledged the record.
     *
     * @throws RecordTooLargeForLogException if Kafka will never accept the record
     */
    void publish(Claim claim, Supplier<CompletableFuture<?>> step) {
        for (Duration delay = FIRST_DELAY; ; delay = next(delay)) {
            try {
                step.get().join();
                return;
            } catch (CompletionException | LogUnavailableException e) {
                if (e.getCause() instanceof RecordTooLargeForLogException tooLarge) {
                    throw tooLarge;
                }
                waitBeforeRetry(claim, delay, "log", e);
            }
        }
    }

    void await(Claim claim, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            pause(claim, CHECK_DELAY);
        }
    }

    /** Suspends the calling thread. */
    void pause(Duration time) {
        pause.pause(time);
    }

    private void waitBeforeRetry(Claim claim, Duration delay, String what, RuntimeException cause) {
        log.atDebug().addKeyValue("what", what).setCause(cause).log("step failed; retrying");
        pause(claim, delay);
    }

    private void pause(Claim claim, Duration delay) {
        if (!claim.held() && !inHandover.getAsBoolean()) {
            throw new ClaimLostException();
        }
        pause.pause(delay);
    }

    private static Duration next(Duration delay) {
        Duration doubled = delay.multipliedBy(2);
        return doubled.compareTo(MAX_DELAY) > 0 ? MAX_DELAY : doubled;
    }
}
