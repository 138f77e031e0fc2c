package io.turnlane.chaos.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Simulations of the whole engine. To repeat a seed: {@code ./turnlane simulate --seed S}. */
class SimulationTest {

    private static Stream<SimulationReport> violated(int seeds, Mutation mutation) {
        return LongStream.range(0, seeds)
                .mapToObj(seed -> Simulation.run(seed, mutation))
                .filter(report -> !report.violations().isEmpty());
    }

    @Test
    void keepsEveryPromiseIn2000Simulations() {
        assertThat(violated(2000, Mutation.NONE).limit(5)).isEmpty();
    }

    @Test
    void repeatsASeedExactly() {
        for (long seed = 0; seed < 50; seed++) {
            assertThat(journal(seed)).isNotEmpty().isEqualTo(journal(seed));
            assertThat(Simulation.run(seed, Mutation.NONE)).isEqualTo(Simulation.run(seed, Mutation.NONE));
        }
    }

    private static List<String> journal(long seed) {
        List<String> lines = new ArrayList<>();
        Simulation.run(seed, Mutation.NONE, lines::add);
        return lines;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void findsAMissingMechanismWithin1000Simulations(Mutation mutation) {
        SimulationReport found = violated(1000, mutation)
                .filter(report -> Simulation.run(report.seed(), Mutation.NONE)
                        .violations()
                        .isEmpty())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no violation was found"));
        System.out.println("without " + mutation + ", seed " + found.seed() + " violates "
                + found.violations().getFirst());
    }
}
