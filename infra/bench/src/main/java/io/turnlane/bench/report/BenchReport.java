package io.turnlane.bench.report;

import io.turnlane.standalone.CodeVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Writes the results of a scenario to a folder: as JSON, as tables in Markdown, and as plots. */
public final class BenchReport {

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private BenchReport() {}

    /** Content of {@code SCENARIO.json}. */
    record ReportFile(
            String scenario,
            String code,
            Instant finished,
            MachineDescription machine,
            Map<String, String> settings,
            @Nullable String floor,
            List<Summary> summaries,
            List<Measurement> measurements) {}

    /** Machine on which the scenario ran. */
    record MachineDescription(int cores, String system, String java) {

        static MachineDescription current() {
            return new MachineDescription(
                    Runtime.getRuntime().availableProcessors(),
                    System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                    System.getProperty("java.vendor") + " " + Runtime.version());
        }
    }

    /** Median and range of a metric of one subject under one load, and the same of its ratio to the floor. */
    record Summary(
            String load,
            String subject,
            Metric metric,
            String unit,
            Spread value,
            @Nullable Spread ratio) {}

    /**
     * Writes {@code SCENARIO.json}, {@code SCENARIO.md}, and an SVG file for each metric.
     *
     * @param settings settings of the run, for readers
     */
    public static void write(RunResults results, Map<String, String> settings, Path folder) throws IOException {
        Files.createDirectories(folder);
        String scenario = results.scenario();
        ReportFile content = new ReportFile(
                scenario,
                CodeVersion.current(),
                Instant.now(),
                MachineDescription.current(),
                new TreeMap<>(settings),
                results.floor().orElse(null),
                summaries(results),
                results.measurements());
        Files.writeString(
                folder.resolve(scenario + ".json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(content) + "\n");
        StringBuilder text =
                new StringBuilder("# " + scenario + "\n\n" + caption(content) + "\n\n" + Table.of(results));
        for (Metric metric : results.metrics()) {
            if (metric != Metric.FAILED && metric != Metric.MIXED) {
                String name = scenario + "-" + fileName(metric) + ".svg";
                Files.writeString(folder.resolve(name), BarChart.of(results, metric));
                text.append("\n![%s of %s](%s)\n".formatted(metric.title(), scenario, name));
            }
        }
        Files.writeString(folder.resolve(scenario + ".md"), text);
    }

    private static String fileName(Metric metric) {
        return metric.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String caption(ReportFile content) {
        return "Code %s, %d cores, %s, Java %s, %s. Settings: %s. Median of the rounds (smallest–largest)."
                .formatted(
                        content.code(),
                        content.machine().cores(),
                        content.machine().system(),
                        content.machine().java(),
                        content.finished(),
                        content.settings());
    }

    private static List<Summary> summaries(RunResults results) {
        List<Summary> all = new ArrayList<>();
        for (String load : results.loads()) {
            for (String subject : results.subjects(load)) {
                for (Metric metric : results.metrics()) {
                    Optional<Spread> value = results.spread(load, subject, metric);
                    value.ifPresent(spread -> all.add(new Summary(
                            load,
                            subject,
                            metric,
                            metric.unit(),
                            spread,
                            results.ratio(load, subject, metric).orElse(null))));
                }
            }
        }
        return all;
    }
}
