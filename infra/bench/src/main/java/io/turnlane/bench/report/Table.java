package io.turnlane.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Renders results as tables in Markdown with aligned columns, which are also readable in a terminal. */
public final class Table {

    /** Metrics of the second table, which compares the work for an answer instead of the time. */
    private static final Set<Metric> PER_CORE = Set.of(Metric.CPU, Metric.BACKENDS_CPU, Metric.PER_CORE);

    private Table() {}

    /** Returns the table of all results, and a table per core if CPU time was measured. */
    public static String of(RunResults results) {
        List<Metric> all = results.metrics();
        List<Metric> main =
                all.stream().filter(metric -> !PER_CORE.contains(metric)).toList();
        List<Metric> perCore = all.stream().filter(PER_CORE::contains).toList();
        return of(results, main)
                + (perCore.isEmpty() ? "" : "\nCPU time, per answer and per core:\n\n" + of(results, perCore));
    }

    private static String of(RunResults results, List<Metric> metrics) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("load", "subject"));
        for (Metric metric : metrics) {
            head.add(metric.heading());
            results.floor().filter(_ -> hasRatio(results, metric)).ifPresent(floor -> head.add("to " + floor));
        }
        rows.add(head);
        for (String load : results.loads()) {
            for (String subject : results.subjects(load)) {
                rows.add(row(results, metrics, load, subject));
            }
        }
        return render(rows);
    }

    private static boolean hasRatio(RunResults results, Metric metric) {
        return results.loads().stream()
                .anyMatch(load -> results.subjects(load).stream()
                        .anyMatch(
                                subject -> results.ratio(load, subject, metric).isPresent()));
    }

    private static List<String> row(RunResults results, List<Metric> metrics, String load, String subject) {
        List<String> row = new ArrayList<>(List.of(load, subject));
        for (Metric metric : metrics) {
            row.add(results.spread(load, subject, metric).map(Table::text).orElse(""));
            if (results.floor().isPresent() && hasRatio(results, metric)) {
                row.add(results.ratio(load, subject, metric)
                        .map(Table::ratioText)
                        .orElse(""));
            }
        }
        return row;
    }

    /** Returns the median, and the smallest and largest value if they differ. */
    private static String text(Spread spread) {
        return spread.min() == spread.max()
                ? number(spread.median())
                : number(spread.median()) + " (" + number(spread.min()) + "–" + number(spread.max()) + ")";
    }

    private static String ratioText(Spread ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio.median());
    }

    /** Returns a number with at most three significant digits after its thousands. */
    static String number(double value) {
        if (value >= 100 || value == Math.rint(value)) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
    }

    private static String render(List<List<String>> rows) {
        int columns = rows.getFirst().size();
        int[] widths = IntStream.range(0, columns)
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        StringBuilder text = new StringBuilder(line(rows.getFirst(), widths));
        text.append('|');
        for (int column = 0; column < columns; column++) {
            text.append("-".repeat(widths[column] + 1)).append(column < 2 ? "-|" : ":|");
        }
        text.append('\n');
        rows.stream().skip(1).forEach(row -> text.append(line(row, widths)));
        return text.toString();
    }

    private static String line(List<String> row, int[] widths) {
        return IntStream.range(0, row.size())
                .mapToObj(column -> pad(row.get(column), widths[column], column < 2))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static String pad(String text, int width, boolean left) {
        String spaces = " ".repeat(width - text.length());
        return left ? text + spaces : spaces + text;
    }
}
