package io.turnlane.processor.turn;

import io.turnlane.processor.memory.MemoryUnavailableException;
import io.turnlane.processor.turn.Turn.Claim;
import io.turnlane.processor.turn.Turn.LogUnavailableException;
import io.turnlane.processor.turn.Turn.RecordGoneException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does a step again and again until it is known to be done: memory or the log may be away for a while, and doing a step
 * twice is harmless. Gives up only when the turn isn't ours any more; one that is handed over is ours to end until the
 * handover is over. The lane's virtual thread waits meanwhile; nobody interrupts it.
 */
public final class StepRetrier {

    private static final Logger log = LoggerFactory.getLogger(StepRetrier.class);
    private static final Duration FIRST = Duration.ofMillis(50);
    private static final Duration MOST = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final Pause pause;
    private final BooleanSupplier handedOver;

    /** For turns that are ours as long as their partition is. */
    StepRetrier(Pause pause) {
        this(pause, () -> false);
    }

    private StepRetrier(Pause pause, BooleanSupplier handedOver) {
        this.pause = pause;
        this.handedOver = handedOver;
    }

    /** For one flight, which may end its turn for a while after its partition left. */
    StepRetrier forFlight(Flight flight) {
        return new StepRetrier(pause, flight::inHandover);
    }

    /** Lets the calling thread wait; tests let no time pass. */
    @FunctionalInterface
    public interface Pause {
        void pause(Duration time);
    }

    /** The turn's partition left while a step was tried: what it did is unknown, and the next owner will find out. */
    static final class ClaimLostException extends RuntimeException {
        ClaimLostException() {
            super("the partition left");
        }
    }

    /** Asks memory, and where it needs it the log, until they answer. */
    <T> T call(Claim claim, Supplier<T> step) {
        for (Duration wait = FIRST; ; wait = longer(wait)) {
            try {
                return step.get();
            } catch (MemoryUnavailableException e) {
                waitFor(claim, wait, "memory", e);
            } catch (LogUnavailableException e) {
                waitFor(claim, wait, "log", e);
            }
        }
    }

    /** Tells memory until it answers. */
    void run(Claim claim, Runnable step) {
        call(claim, () -> {
            step.run();
            return true;
        });
    }

    /**
     * Reads the turn's value until the log answers.
     *
     * @throws RecordGoneException where the log doesn't hold it any more
     */
    byte @Nullable [] readValue(Claim claim) throws RecordGoneException {
        for (Duration wait = FIRST; ; wait = longer(wait)) {
            try {
                return claim.value();
            } catch (LogUnavailableException e) {
                waitFor(claim, wait, "log", e);
            }
        }
    }

    /** Publishes until the log has it. */
    void publish(Claim claim, Supplier<CompletableFuture<?>> step) {
        for (Duration wait = FIRST; ; wait = longer(wait)) {
            try {
                step.get().join();
                return;
            } catch (CompletionException | LogUnavailableException e) {
                waitFor(claim, wait, "log", e);
            }
        }
    }

    /** Waits until the condition holds. */
    void await(Claim claim, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            pause(claim, LOOK_AGAIN);
        }
    }

    private void waitFor(Claim claim, Duration wait, String what, RuntimeException cause) {
        log.atDebug().addKeyValue("what", what).setCause(cause).log("step will be tried again");
        pause(claim, wait);
    }

    private void pause(Claim claim, Duration wait) {
        if (!claim.held() && !handedOver.getAsBoolean()) {
            throw new ClaimLostException();
        }
        pause.pause(wait);
    }

    private static Duration longer(Duration wait) {
        Duration doubled = wait.multipliedBy(2);
        return doubled.compareTo(MOST) > 0 ? MOST : doubled;
    }
}
