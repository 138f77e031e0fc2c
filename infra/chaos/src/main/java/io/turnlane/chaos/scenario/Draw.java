package io.turnlane.chaos.scenario;

import io.turnlane.chaos.fault.Fault;
import io.turnlane.chaos.fault.Kind;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * What a schedule is drawn with.
 *
 * @param random the seed's
 * @param form how long the scenario is to be
 */
record Draw(RandomGenerator random, Form form) {

    private static final int PROCESSORS = 3;
    private static final int GATEWAYS = 2;

    /** So many faults, each drawn anew. */
    List<Fault> faults(int quick, int full, java.util.function.Supplier<Fault> one) {
        return IntStream.range(0, form.of(quick, full)).mapToObj(_ -> one.get()).toList();
    }

    Fault fault(Kind kind, String target, Duration after, Duration hold) {
        return new Fault(after, kind, target, hold, 1);
    }

    String processor() {
        return "processor-" + (1 + random.nextInt(PROCESSORS));
    }

    String gateway() {
        return "gateway-" + (1 + random.nextInt(GATEWAYS));
    }

    Duration millis(int least, int most) {
        return Duration.ofMillis(random.nextInt(least, most + 1));
    }
}
