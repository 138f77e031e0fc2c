package io.turnlane.chaos.scenario;

import io.turnlane.chaos.fault.Fault;
import io.turnlane.chaos.fault.FaultKind;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Random choices for one schedule of faults, such as the target of a fault. Belongs to one thread. */
final class ScheduleRandom {

    private static final int PROCESSORS = 3;
    private static final int GATEWAYS = 2;

    private final RandomGenerator random;
    private final Form form;
    private int processor;
    private int gateway;

    ScheduleRandom(RandomGenerator random, Form form) {
        this.random = random;
        this.form = form;
        this.processor = random.nextInt(PROCESSORS);
        this.gateway = random.nextInt(GATEWAYS);
    }

    /** Returns {@code quick} faults for a quick scenario and {@code full} faults for a full one. */
    List<Fault> faults(int quick, int full, Supplier<Fault> one) {
        return IntStream.range(0, form.of(quick, full)).mapToObj(_ -> one.get()).toList();
    }

    Fault fault(FaultKind kind, String target, Duration after, Duration hold) {
        return new Fault(after, kind, target, hold, 1);
    }

    /** Returns a fault with an amount, 300 to 800 ms after the previous one. */
    Fault counted(FaultKind kind, String target, Duration hold, int amount) {
        return new Fault(millis(300, 800), kind, target, hold, amount);
    }

    /**
     * Returns a processor for the next fault. It differs from the processor of the previous call, which is possibly
     * still restarting.
     */
    String processor() {
        processor = (processor + 1 + random.nextInt(PROCESSORS - 1)) % PROCESSORS;
        return "processor-" + (processor + 1);
    }

    /** Returns the next gateway in rotation. */
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
