package io.turnlane.chaos.simulation;

import io.turnlane.store.memory.InMemorySessionMemory;
import io.turnlane.store.memory.MemoryLimits;
import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Parts of a simulation that all its processors and clients share. */
record SimulatedWorld(
        Random random,
        VirtualTime time,
        SimulationJournal journal,
        SimulatedFaults faults,
        InMemorySessionMemory store,
        SimulatedHistory history,
        SimulatedKafka kafka) {

    private static final MemoryLimits LIMITS =
            new MemoryLimits(1000, Integer.MAX_VALUE, Duration.ofDays(1), Duration.ofDays(7), 3, Duration.ofHours(1));

    /** @param lines receives the journal; null if nobody reads it */
    static SimulatedWorld of(long seed, @Nullable Consumer<String> lines) {
        Random random = new Random(seed);
        VirtualTime time = new VirtualTime(random);
        SimulationJournal journal = new SimulationJournal(time, lines);
        InMemorySessionMemory store = new InMemorySessionMemory(LIMITS, time::instant);
        SimulatedHistory history = new SimulatedHistory(store, journal);
        return new SimulatedWorld(
                random,
                time,
                journal,
                new SimulatedFaults(random),
                store,
                history,
                new SimulatedKafka(time, random, history, journal, 1 + random.nextInt(3)));
    }
}
