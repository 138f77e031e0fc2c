package io.turnlane.bench.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Draws one metric of a run as an SVG image with horizontal bars: a group for each load, a bar for each subject. A bar
 * ends at the median, and a line shows the range of the rounds. The image has no background. Its colors fit the light
 * and the dark theme of the reader.
 */
final class BarChart {

    private static final int WIDTH = 860;
    private static final int LABELS = 210;
    private static final int VALUES = 170;
    private static final int BAR = 18;
    private static final int GAP = 6;
    private static final int GROUP_HEAD = 26;
    private static final int TOP = 44;

    /** Colors of Wong's palette, which people with color blindness can distinguish: for a light and a dark theme. */
    private static final List<String> LIGHT = List.of("#0072b2", "#8a8a8a", "#b5b5b5", "#d55e00", "#009e73", "#cc79a7");

    private static final List<String> DARK = List.of("#56b4e9", "#9a9a9a", "#6b6b6b", "#e69f00", "#2fc79a", "#d88fb5");

    private final RunResults results;
    private final Metric metric;
    private final List<String> subjects;
    private final double scale;
    private final StringBuilder out = new StringBuilder();

    private BarChart(RunResults results, Metric metric) {
        this.results = results;
        this.metric = metric;
        this.subjects = results.loads().stream()
                .flatMap(load -> results.subjects(load).stream())
                .distinct()
                .toList();
        double largest = spreads().mapToDouble(Spread::max).max().orElse(1);
        this.scale = (WIDTH - LABELS - VALUES) / Math.max(largest, Double.MIN_NORMAL);
    }

    /** Returns the image as text. */
    static String of(RunResults results, Metric metric) {
        return new BarChart(results, metric).draw();
    }

    private Stream<Spread> spreads() {
        return results.loads().stream()
                .flatMap(load -> results.subjects(load).stream()
                        .flatMap(subject -> results.spread(load, subject, metric).stream()));
    }

    private String draw() {
        int y = TOP;
        for (String load : results.loads()) {
            y = drawGroup(load, y);
        }
        String title = results.scenario() + ": " + metric.heading()
                + (metric.higherIsBetter() ? " (more is better)" : " (less is better)");
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" \
                aria-label="%s">
                <style>
                text { font: 13px system-ui, sans-serif; fill: #1f2328; }
                .title { font-size: 15px; font-weight: 600; }
                .load { font-weight: 600; }
                .range { stroke: #1f2328; stroke-width: 1.5; }
                %s@media (prefers-color-scheme: dark) {
                text { fill: #e6edf3; }
                .range { stroke: #e6edf3; }
                %s}
                </style>
                <text class="title" x="8" y="22">%s</text>
                %s</svg>
                """.formatted(
                        WIDTH, y + GAP, WIDTH, y + GAP, escape(title), fills(LIGHT), fills(DARK), escape(title), out);
    }

    private String fills(List<String> colors) {
        StringBuilder css = new StringBuilder();
        for (int i = 0; i < subjects.size(); i++) {
            css.append(".s%d { fill: %s; }%n".formatted(i, colors.get(i % colors.size())));
        }
        return css.toString();
    }

    private int drawGroup(String load, int top) {
        List<String> measured = results.subjects(load).stream()
                .filter(subject -> results.spread(load, subject, metric).isPresent())
                .toList();
        if (measured.isEmpty()) {
            return top;
        }
        int y = top + GROUP_HEAD;
        out.append("<text class=\"load\" x=\"8\" y=\"%d\">%s</text>%n".formatted(y - 8, escape(load)));
        for (String subject : measured) {
            drawBar(load, subject, y);
            y += BAR + GAP;
        }
        return y;
    }

    private void drawBar(String load, String subject, int y) {
        Spread spread = results.spread(load, subject, metric).orElseThrow();
        double end = LABELS + spread.median() * scale;
        int middle = y + BAR / 2;
        out.append("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n"
                .formatted(LABELS - 8, middle + 4, escape(subject)));
        out.append("<rect class=\"s%d\" x=\"%d\" y=\"%d\" width=\"%s\" height=\"%d\" rx=\"2\"/>%n"
                .formatted(subjects.indexOf(subject), LABELS, y, coordinate(end - LABELS), BAR));
        out.append("<path class=\"range\" d=\"M%s %dH%s\"/>%n"
                .formatted(
                        coordinate(LABELS + spread.min() * scale), middle, coordinate(LABELS + spread.max() * scale)));
        String ratio = results.ratio(load, subject, metric)
                .map(one -> String.format(Locale.ROOT, " (%.2f)", one.median()))
                .orElse("");
        out.append("<text x=\"%s\" y=\"%d\">%s</text>%n"
                .formatted(
                        coordinate(LABELS + spread.max() * scale + 8),
                        middle + 4,
                        escape(Table.number(spread.median()) + ratio)));
    }

    private static String coordinate(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
