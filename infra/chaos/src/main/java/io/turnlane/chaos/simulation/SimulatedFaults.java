package io.turnlane.chaos.simulation;

import java.time.Duration;
import java.util.Random;

/** Probabilities of the faults of one simulation. Each seed has some kinds of faults and not others. */
final class SimulatedFaults {

    private static final int CALLS = 1000;

    private final Random random;
    private final int lostCalls;
    private final int lostReplies;
    private final int slowCalls;
    private boolean active = true;

    SimulatedFaults(Random random) {
        this.random = random;
        this.lostCalls = random.nextBoolean() ? 0 : random.nextInt(100);
        this.lostReplies = random.nextBoolean() ? 0 : random.nextInt(100);
        this.slowCalls = random.nextBoolean() ? 0 : random.nextInt(200);
    }

    /** Ends all faults. */
    void heal() {
        active = false;
    }

    boolean losesCall() {
        return happens(lostCalls);
    }

    boolean losesReply() {
        return happens(lostReplies);
    }

    /** Returns the time that a call takes. */
    Duration latency() {
        return Duration.ofMillis(happens(slowCalls) ? random.nextInt(1500) : random.nextInt(3));
    }

    private boolean happens(int perThousand) {
        return active && perThousand > 0 && random.nextInt(CALLS) < perThousand;
    }
}
