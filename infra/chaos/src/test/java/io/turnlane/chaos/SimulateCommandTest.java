package io.turnlane.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class SimulateCommandTest {

    private final StringWriter output = new StringWriter();

    private int run(String... arguments) {
        PrintWriter writer = new PrintWriter(output, true);
        return ChaosCommand.commandLine(new SimulateCommand())
                .setOut(writer)
                .setErr(writer)
                .execute(arguments);
    }

    @Test
    void reportsTheNumberOfSimulationsAndTheirRate() {
        assertThat(run("--seeds", "20")).isZero();
        assertThat(output.toString()).matches("20 simulations in \\S+ s \\(\\d+ per second\\), no violations\\R");
    }

    @Test
    void printsTheStepsOfASingleSimulation() {
        assertThat(run("--seed", "7")).isZero();
        assertThat(output.toString().lines())
                .anyMatch(line -> line.matches(" +\\d+\\.\\d{3} s  p-1 +begin turn \\d+ .*"))
                .anyMatch(line -> line.matches(" +\\d+\\.\\d{3} s  p-1 +publishes completed of turn \\d+"));
    }

    @Test
    void namesTheCommandThatRepeatsAViolation() {
        assertThat(run("--without", "dedupe")).isZero();
        assertThat(output.toString())
                .containsPattern(
                        "Seed (\\d+): \\d+ violations\\. To repeat it: ./turnlane simulate --seed \\1 --without dedupe\\R")
                .contains("  O4: turn ");
    }

    @Test
    void failsIfTheChecksDoNotFindAMissingMechanism() {
        assertThat(run("--seeds", "1", "--without", "fence")).isEqualTo(1);
    }

    @Test
    void rejectsANumberOfSimulationsBelowOne() {
        assertThat(run("--seeds", "0")).isEqualTo(2);
        assertThat(output.toString()).contains("--seeds must be at least 1");
    }
}
