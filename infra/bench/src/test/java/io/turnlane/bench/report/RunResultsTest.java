package io.turnlane.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RunResultsTest {

    private final RunResults results = new RunResults("ask", "floor");

    private void add(String subject, int round, double throughput) {
        results.add(new Measurement("64 clients", subject, round, Map.of(Metric.THROUGHPUT, throughput)));
    }

    @Test
    void theMedianOfAnEvenNumberOfRoundsIsBetweenTheTwoMiddleValues() {
        assertThat(Spread.of(List.of(4.0, 1.0, 3.0, 10.0))).isEqualTo(new Spread(3.5, 1, 10));
        assertThat(Spread.of(List.of(4.0, 1.0, 3.0))).isEqualTo(new Spread(3, 1, 4));
    }

    @Test
    void ratiosCompareMeasurementsOfTheSameRound() {
        // The machine is half as fast in the second round. The ratio of the medians would be 1.
        add("turnlane", 1, 500);
        add("floor", 1, 1000);
        add("turnlane", 2, 300);
        add("floor", 2, 500);
        add("turnlane", 3, 1000);
        add("floor", 3, 250);

        assertThat(results.ratio("64 clients", "turnlane", Metric.THROUGHPUT)).hasValue(new Spread(0.6, 0.5, 4));
        assertThat(results.ratio("64 clients", "floor", Metric.THROUGHPUT)).isEmpty();
    }

    @Test
    void theTableShowsMedianRangeAndRatio() {
        add("turnlane", 1, 500);
        add("floor", 1, 1000);
        add("turnlane", 2, 600);
        add("floor", 2, 1000);

        assertThat(Table.of(results).lines())
                .containsExactly(
                        "| load       | subject  | throughput, /s | to floor |",
                        "|------------|----------|---------------:|---------:|",
                        "| 64 clients | turnlane |  550 (500–600) |     0.55 |",
                        "| 64 clients | floor    |          1,000 |          |");
    }

    @Test
    void writesJsonTablesAndPlotsForBothThemes(@TempDir Path folder) throws IOException {
        add("turnlane", 1, 500);
        add("floor", 1, 1000);

        BenchReport.write(results, Map.of("rounds", "1"), folder);

        JsonNode json = JsonMapper.builder().build().readTree(folder.resolve("ask.json"));
        assertThat(json.at("/summaries/0/value/median").asDouble()).isEqualTo(500);
        assertThat(json.at("/summaries/0/ratio/median").asDouble()).isEqualTo(0.5);
        assertThat(json.at("/machine/cores").asInt()).isPositive();
        assertThat(folder.resolve("ask.md")).content().contains("| 64 clients | turnlane", "ask-throughput.svg");
        String plot = Files.readString(folder.resolve("ask-throughput.svg"));
        assertThat(plot).contains("prefers-color-scheme: dark", ">turnlane<", ">500 (0.50)<");
    }
}
