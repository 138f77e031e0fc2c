package io.turnlane.chaos.scenario;

import io.turnlane.chaos.fault.Fault;
import io.turnlane.chaos.fault.FaultKind;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** What a schedule is drawn with. Belongs to one thread. */
final class ScheduleRandom {

    private static final int PROCESSORS = 3;
    private static final int GATEWAYS = 2;

    private final RandomGenerator random;
    private final Form form;
    private int processor;
    private int gateway;

    /**
     * From a seed's random numbers.
     *
     * @param form how long the scenario is to be
     */
    ScheduleRandom(RandomGenerator random, Form form) {
        this.random = random;
        this.form = form;
        this.processor = random.nextInt(PROCESSORS);
        this.gateway = random.nextInt(GATEWAYS);
    }

    /** So many faults, each drawn anew. */
    List<Fault> faults(int quick, int full, Supplier<Fault> one) {
        return IntStream.range(0, form.of(quick, full)).mapToObj(_ -> one.get()).toList();
    }

    Fault fault(FaultKind kind, String target, Duration after, Duration hold) {
        return new Fault(after, kind, target, hold, 1);
    }

    /** A fault that counts something, a short while after the one before. */
    Fault counted(FaultKind kind, String target, Duration hold, int amount) {
        return new Fault(millis(300, 800), kind, target, hold, amount);
    }

    /** One of the processors, but not the last one again: that one may not be back yet. */
    String processor() {
        processor = (processor + 1 + random.nextInt(PROCESSORS - 1)) % PROCESSORS;
        return "processor-" + (processor + 1);
    }

    /** The other gateway. */
    String gateway() {
        gateway = (gateway + 1) % GATEWAYS;
        return "gateway-" + (gateway + 1);
    }

    Duration millis(int least, int most) {
        return Duration.ofMillis(random.nextInt(least, most + 1));
    }

    Duration seconds(int quick, int full) {
        return Duration.ofSeconds(form.of(quick, full));
    }

    int of(int quick, int full) {
        return form.of(quick, full);
    }
}
