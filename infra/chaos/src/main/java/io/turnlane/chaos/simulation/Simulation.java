package io.turnlane.chaos.simulation;

import io.turnlane.chaos.simulation.VirtualTime.SimulatedHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Simulation of gateways, Kafka, a store, agents and up to three processors, under a virtual clock. The seed decides
 * everything: what clients ask, the order of all steps, and the faults. The processors consist of the engine's own
 * classes. First faults happen for a few seconds: processors crash, freeze, stop and start, partitions move, clocks
 * differ, calls are slow, and calls and replies get lost. Then all faults end, and all work must end.
 *
 * <p>For one thread at a time. Several simulations can run at the same time on different threads.
 */
public final class Simulation {

    private static final Duration FAULTS = Duration.ofSeconds(12);
    private static final Duration HEAL = Duration.ofMinutes(10);
    private static final Duration TICK = Duration.ofMillis(500);
    private static final int MAX_PROCESSORS = 3;

    private final long seed;
    private final Mutation mutation;
    private final SimulatedWorld world;
    private final VirtualTime time;
    private final Random random;
    private final SimulatedHost operator = new SimulatedHost("operator");
    private final List<SimulatedProcessor> processors = new ArrayList<>();
    private int started;

    private Simulation(long seed, Mutation mutation, @Nullable Consumer<String> journal) {
        this.seed = seed;
        this.mutation = mutation;
        this.world = SimulatedWorld.of(seed, journal);
        this.time = world.time();
        this.random = world.random();
    }

    /** Runs the simulation of a seed. The same seed and mutation always do the same steps. */
    public static SimulationReport run(long seed, Mutation mutation) {
        return run(seed, mutation, null);
    }

    /**
     * Runs the simulation of a seed.
     *
     * @param journal receives a description of each step, on another thread; null if nobody reads it
     */
    public static SimulationReport run(long seed, Mutation mutation, @Nullable Consumer<String> journal) {
        CompletableFuture<SimulationReport> report = new CompletableFuture<>();
        Thread.ofVirtual().name("simulation").start(() -> {
            try {
                report.complete(new Simulation(seed, mutation, journal).run());
            } catch (Throwable e) {
                report.completeExceptionally(
                        new IllegalStateException("the simulation of seed " + seed + " failed", e));
            }
        });
        return report.orTimeout(1, TimeUnit.MINUTES).join();
    }

    private SimulationReport run() {
        int count = 1 + random.nextInt(MAX_PROCESSORS);
        for (int i = 0; i < count; i++) {
            start();
        }
        new SimulatedClients(world, () -> processors).start(4 + random.nextInt(12), FAULTS);
        int faults = random.nextInt(8);
        for (int i = 0; i < faults; i++) {
            var _ = time.after(
                    operator, Duration.ofMillis(random.nextInt(Math.toIntExact(FAULTS.toMillis()))), this::fault);
        }
        tick();
        runUntil(FAULTS.toNanos());
        heal();
        long end = FAULTS.plus(HEAL).toNanos();
        while (!isDone() && time.nanos() < end) {
            runUntil(Math.min(end, time.nanos() + TICK.toNanos()));
        }
        if (!isDone()) {
            world.history().violated("I8", "work is left long after the last fault");
        }
        List.copyOf(processors).forEach(this::kill);
        world.history().checkEnd();
        return new SimulationReport(
                seed,
                world.history().turnCount(),
                time.steps(),
                time.trace(),
                world.history().violations());
    }

    private void runUntil(long limit) {
        while (time.step(limit)) {
            // continues with the next event
        }
    }

    private boolean isDone() {
        return world.kafka().isDone()
                && world.history().allEnded()
                && processors.stream().allMatch(SimulatedProcessor::isIdle);
    }

    private void tick() {
        world.kafka().removeSilentMembers();
        var _ = time.after(operator, TICK, this::tick);
    }

    private void start() {
        Duration clockError = Duration.ofMillis(random.nextInt(4) == 0 ? random.nextInt(20_000) - 10_000 : 0);
        SimulatedHost host = new SimulatedHost("p-" + ++started);
        world.journal().add(host, "starts with a clock error of", clockError);
        processors.add(new SimulatedProcessor(world, host, clockError, mutation));
    }

    private void fault() {
        if (processors.isEmpty()) {
            start();
            return;
        }
        SimulatedProcessor processor = processors.get(random.nextInt(processors.size()));
        switch (random.nextInt(5)) {
            case 0 -> {
                kill(processor);
                restart();
            }
            case 1, 2 -> freeze(processor);
            case 3 -> {
                world.journal().add(processor.host(), "stops");
                processor.stop();
                restart();
            }
            default -> world.kafka().rebalance();
        }
    }

    private void restart() {
        if (processors.size() < MAX_PROCESSORS + 1) {
            var _ = time.after(operator, Duration.ofMillis(random.nextInt(2_000)), this::start);
        }
    }

    private void freeze(SimulatedProcessor processor) {
        Duration duration = Duration.ofMillis(random.nextInt(8_000));
        world.journal().add(processor.host(), "freezes for", duration);
        time.freeze(processor.host(), duration);
    }

    private void kill(SimulatedProcessor processor) {
        world.journal().add(processor.host(), "is killed");
        time.kill(processor.host());
        processors.remove(processor);
    }

    private void heal() {
        world.journal().add(operator, "ends all faults");
        world.faults().heal();
        processors.forEach(processor -> time.thaw(processor.host()));
        start();
    }
}
